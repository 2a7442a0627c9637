"""The index finds the same rules as Rasa's own search through all of them."""

from __future__ import annotations

import pytest
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy

from bot.policies.rules import IndexedRules


@pytest.fixture
def policy(rasa) -> IndexedRules:
    nodes = rasa.agent.processor.graph_runner._instantiated_nodes.values()
    return next(n._component for n in nodes if isinstance(getattr(n, "_component", None), IndexedRules))


@pytest.mark.parametrize(
    "said",
    [
        ["/greeting", "kan een mens veranderen", "ja"],
        ["/ask_importance", "een 4", "verder"],
        ["ik wil niet meer leven", "ja"],
        ["waar is hulp", "breda"],
        ["qwerty zxcv", "menu", "leg het makkelijker uit"],
    ],
)
async def test_the_index_finds_what_the_search_through_all_rules_finds(rasa, talk, policy, said):
    domain = rasa.agent.domain
    for text in said:
        await talk.say(text)
        tracker = await rasa.agent.tracker_store.retrieve(talk.key)
        for turn in range(1, len(tracker.events)):
            part = tracker.travel_back_in_time(tracker.events[-turn].timestamp)
            states = policy._prediction_states(part, domain)
            for table in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH):
                lookup = policy.lookup[table]
                assert policy._get_possible_keys(lookup, states) == RulePolicy._get_possible_keys(
                    policy, lookup, states
                )
