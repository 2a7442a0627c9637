"""Rasa's RulePolicy with an index. Nearly every step of the content is a rule, and Rasa tries each one at each prediction."""

from __future__ import annotations

from typing import NamedTuple

from rasa.core.policies.rule_policy import SHOULD_NOT_BE_SET, RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import State
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

Place = tuple[str | None, str | None]
"""The action just done and the intent, as a rule asks for them; None where it asks for none."""


class Index(NamedTuple):
    """An index, and the table that it was made of."""

    lookup: dict[str, str]
    size: int
    places: dict[Place, list[str]]


def _place(state: State) -> Place:
    action, intent = state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME), state.get(USER, {}).get(INTENT)
    return str(action) if action else None, str(intent) if intent and intent != SHOULD_NOT_BE_SET else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IndexedRules(RulePolicy):
    """Finds the same rules as `RulePolicy`; looks only at those whose last state asks for this action and this intent."""

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        action, intent = _place(states[-1]) if states else (None, None)
        if action is None:  # the beginning of a conversation has rules of its own
            return set(super()._get_possible_keys(lookup, states))
        index = self._index_of(lookup)
        candidates = [*index.get((action, intent), ()), *(index.get((action, None), ()) if intent else ())]
        return set(super()._get_possible_keys({key: lookup[key] for key in candidates}, states))

    def _index_of(self, lookup: dict[str, str]) -> dict[Place, list[str]]:
        """The rules by what their last state asks for; made once for each table of rules, and anew while it is learned."""
        indexes: dict[int, Index] = self.__dict__.setdefault("_indexes", {})
        known = indexes.get(id(lookup))
        if known is None or known.lookup is not lookup or known.size != len(lookup):
            places: dict[Place, list[str]] = {}
            for key in lookup:
                places.setdefault(_place(self._rule_key_to_state(key)[-1]), []).append(key)
            known = indexes[id(lookup)] = Index(lookup, len(lookup), places)
        return known.places
