"""Anything at all into the web channel, Telegram's updates and the safety rules, for as long as one likes (`make soak`).

    .venv/bin/python tests/scale/fuzz.py [--minutes 10]

Looked for: an exception, an answer that is no answer, anything that takes longer than a second.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.telegram_updates import read
from bot.content import project_content
from bot.safety import load_engine
from tests.conftest import start_server
from tests.scale.people import PERSONS

LONGEST_SECONDS = 1.0
WORDS = sorted(
    {word for row in PERSONS.read_text(encoding="utf-8").splitlines() for word in row.split()}
    | {"niet", "nooit", "vermoorden", "mes", "nu", "baby", "geschud", "dood", "112", "/restart", "/wis", "\u202e", "🔪"}
)
texts = st.text(max_size=2500) | st.lists(st.sampled_from(WORDS), max_size=400).map(" ".join)
"""Any characters, and real words in any order."""

nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    ["update_id", "message", "callback_query", "my_chat_member", "channel_post", "chat", "id", "type", "text", "caption",
     "message_id", "date", "from", "data", "new_chat_member", "status", "photo", "contact", "entities"]
)  # fmt: skip
updates = st.recursive(
    nested | st.sampled_from(["private", "group", "member", "kicked"]),
    lambda inner: st.dictionaries(names, inner, max_size=8),
    max_leaves=25,
)


def screen(text: str) -> None:
    """The rules find a level in anything."""
    assert load_engine().screen(text).level in ("none", "concern", "urgent", "acute")


def update(raw: Any) -> None:
    """An update is read, or left."""
    read(raw)


class Web:
    """The web channel of a real server."""

    def __init__(self, address: str) -> None:
        self._web = httpx.Client(base_url=address, timeout=20)
        self._open()

    def _open(self) -> None:
        opened = self._web.post("/webhooks/web/sessions")
        while opened.status_code == 429:
            time.sleep(1)
            opened = self._web.post("/webhooks/web/sessions")
        self._web.headers["Authorization"] = f"Bearer {opened.json()['token']}"

    def say(self, text: str) -> None:
        """A message of any text gets an answer."""
        self._answered(self._web.post("/webhooks/web/messages", json={"message": text}))

    def send(self, body: Any) -> None:
        """A body of any JSON, or none, gets an answer or a clear refusal."""
        raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else json.dumps(body).encode()
        self._answered(self._web.post("/webhooks/web/messages", content=raw))

    def _answered(self, answer: httpx.Response) -> None:
        said = answer.json()
        if answer.status_code == 200:
            assert said and all(reply["text"] for reply in said)
            assert "niet goed antwoorden" not in answer.text, "the static text: something failed behind the door"
        else:
            assert answer.status_code in (400, 401, 413, 429), answer.status_code
            assert "112" in said["message"]
        if answer.status_code in (401, 429):
            time.sleep(0.5)
            self._open()


def fuzz(name: str, strategy: st.SearchStrategy[Any], tried: Callable[[Any], None], seconds: float) -> int:
    """Try what the strategy gives until the time is over; gives how many.

    Raises:
        AssertionError: something was wrong, or took too long; hypothesis tells with what.
    """
    until, count, slowest = time.monotonic() + seconds, 0, 0.0

    @settings(max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def round_of(value: Any) -> None:
        nonlocal count, slowest
        if time.monotonic() > until:
            return
        began = time.monotonic()
        tried(value)
        took = time.monotonic() - began
        count, slowest = count + 1, max(slowest, took)
        assert took < LONGEST_SECONDS, f"{took:.1f} s"

    while time.monotonic() < until:
        round_of()
    print(
        f"{name}: {count} tried in {seconds:.0f} s, nothing wrong, the slowest took {slowest * 1000:.0f} ms", flush=True
    )
    return count


def main() -> None:
    """Each for so many minutes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    seconds = parser.parse_args().minutes * 60
    project_content()
    screen("even voorlezen")
    fuzz("safety rules", texts, screen, seconds)
    fuzz("Telegram's updates", updates, update, seconds)
    with tempfile.TemporaryDirectory() as folder:
        server = start_server(Path(folder) / "log.txt")
        try:
            web = Web(server.address)
            fuzz("web, messages", texts, web.say, seconds / 2)
            fuzz("web, bodies", nested, web.send, seconds / 2)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
