"""How fast Telegram is answered when many talk at once. No test: a measurement.

    .venv/bin/python tests/scale/telegram_load.py [--chats 200] [--seconds 120] [--think 20]

Starts the bot as an operator does, with the real library against the fake Bot API of the tests on loopback. Everybody types,
waits for the answer, thinks for an exponentially distributed time, and types again. What is measured is the time from
Telegram having the message until the first message of the answer is back, without the time that the bot waits on purpose for
more of the same breath. Then everybody types at the same moment.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from bot.channels.telegram_chats import JOIN_SECONDS
from tests.channels.fake_telegram import TOKEN, Chat, FakeBotApi
from tests.conftest import start_server

SAID = (
    "ik word zo boos als ze niet luistert", "kan een mens veranderen", "gister heb ik geschreeuwd tegen de kinderen",
    "ik schaam me kapot", "waar kan ik hulp krijgen", "ze zegt dat ik eng ben", "wat is geweld eigenlijk", "menu",
    "ik drink te veel", "we hebben elke week ruzie over geld", "ik wil niet meer leven", "hoe werkt een time-out",
)  # fmt: skip
AT_ONCE = {"menu", "ik wil niet meer leven"}
"""What the bot answers without waiting for more."""


async def one_turn(chat: Chat, text: str) -> float:
    """Seconds until the answer to one message, the wait on purpose not counted."""
    before = len(chat.said_by_bot())
    started = time.monotonic()
    chat.say(text)
    said = await chat.more_than(before)
    return said[0].at - started - (0 if text in AT_ONCE else JOIN_SECONDS)


async def one_person(api: FakeBotApi, until: float, think: float, dice: random.Random) -> list[float]:
    """Talk until the time is over; gives the seconds of each turn."""
    chat = api.chat()
    found = []
    await asyncio.sleep(dice.uniform(0, think))
    while time.monotonic() < until:
        found.append(await one_turn(chat, dice.choice(SAID)))
        await asyncio.sleep(dice.expovariate(1 / think))
    return found


def show(name: str, seconds: list[float], over: float) -> None:
    cuts = statistics.quantiles(seconds, n=100)
    figures = f"p50 {cuts[49] * 1000:.0f} ms, p95 {cuts[94] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms"
    print(
        f"{name}: {len(seconds)} answers, {len(seconds) / over:.1f} a second; {figures}, most {max(seconds) * 1000:.0f} ms"
    )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--think", type=float, default=20, help="mean seconds between an answer and the next message")
    options = parser.parse_args()
    dice = random.Random(6)
    with tempfile.TemporaryDirectory() as folder:
        async with FakeBotApi() as api:
            settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api.address}
            server = await asyncio.to_thread(start_server, Path(folder) / "log.txt", **settings)
            try:
                await one_turn(api.chat(), SAID[0])
                until = time.monotonic() + options.seconds
                people = (one_person(api, until, options.think, dice) for _ in range(options.chats))
                show("thinking", [s for found in await asyncio.gather(*people) for s in found], options.seconds)
                chats = [api.chat() for _ in range(options.chats)]
                started = time.monotonic()
                burst = await asyncio.gather(*(one_turn(chat, dice.choice(SAID)) for chat in chats))
                show("burst", burst, time.monotonic() - started)
                static = sum("niet goed antwoorden" in m.text for c in api.chats.values() for m in c.said_by_bot())
                print(f"answered by the static text: {static}")
            finally:
                await asyncio.to_thread(server.stop)


if __name__ == "__main__":
    asyncio.run(main())
