"""Whatever people press and type, in whatever order: never an empty reply, an error, the same reply three times, a dead end."""

import asyncio
import json
import os
import secrets

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.channels.answer import answer
from bot.channels.static import static_reply
from bot.content import load
from bot.safety import Screening
from bot.settings import PROJECT

CONVERSATIONS = int(os.environ.get("WALKS", "30"))
"""`WALKS=2000 make test` walks as far as before a release."""
TURNS = 25
"""Longer than what is kept of a conversation: a ruler that was never left showed only when its beginning had been dropped."""
MOST_IN_A_ROW = 2

STEPS = sorted(load().payloads())
PEOPLE = (PROJECT / "tests" / "evaluation" / "persons.jsonl").read_text(encoding="utf-8").splitlines()
LINES = sorted({line for person in PEOPLE for line in json.loads(person)["lines"]})
SHORT = ["ja", "nee", "mwah", "weet niet", "7/10", "een zeven", "0", "menu", "verder", "leg het makkelijker uit", "vat samen",
         "112", "ok", "👍", "?", "xqzt brrp", "/restart", "bedankt", "stop"]  # fmt: skip


def walker(rasa):
    """The machine; `rasa` is the agent that the tests share."""

    class Walk(RuleBasedStateMachine):
        runner = asyncio.Runner()

        @initialize()
        def begin(self):
            self.key = secrets.token_hex(8)
            self.in_a_row = 0
            self.text = ""
            self.say("/greeting")

        def say(self, typed):
            replies = self.runner.run(answer(typed, self.key, "web", rasa.handle_message))
            text = "\n".join(r.text for r in replies)
            assert text.strip(), f"an empty reply to {typed!r}"
            assert static_reply(Screening()).text not in text, f"an error, or no reply, at {typed!r}"
            self.in_a_row = self.in_a_row + 1 if text == self.text else 1
            self.text = text
            self.buttons = [b["payload"] for r in replies for b in r.buttons]

        @precondition(lambda self: self.buttons)
        @rule(number=st.integers(0, 5))
        def press(self, number):
            self.say(self.buttons[number % len(self.buttons)])

        @rule(step=st.sampled_from(STEPS))
        def come_in_anywhere(self, step):
            self.say(step)

        @rule(typed=st.sampled_from(SHORT))
        def answer_shortly(self, typed):
            self.say(typed)

        @rule(typed=st.sampled_from(LINES))
        def tell(self, typed):
            self.say(typed)

        @invariant()
        def there_is_a_way_on(self):
            assert self.buttons, f"no button under {self.text!r}"

        @invariant()
        def nothing_is_said_three_times(self):
            assert self.in_a_row <= MOST_IN_A_ROW, f"three times: {self.text!r}"

    return Walk


def test_no_walk_ends_in_a_dead_end(rasa):
    run_state_machine_as_test(
        walker(rasa),
        settings=settings(
            max_examples=CONVERSATIONS,
            stateful_step_count=TURNS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
