"""What is done in Rasa's thread when the one who asked for it has stopped waiting."""

import asyncio
import threading
from types import SimpleNamespace

import pytest

from bot.agent import RasaThread


@pytest.mark.parametrize(("unawaited", "done"), [(True, ["deleted"]), (False, [])])
async def test_a_deletion_is_begun_though_nobody_waits_and_an_answer_is_not(unawaited, done):
    thread = RasaThread(SimpleNamespace(processor=None))
    found: list[str] = []

    working, released = threading.Event(), threading.Event()

    async def busy() -> None:
        working.set()
        released.wait(5)  # as a computation holds the thread

    async def work() -> None:
        found.append("deleted")

    first = asyncio.create_task(thread.call(busy))
    await asyncio.to_thread(working.wait, 5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(thread.call(work, unawaited), 0.05)
    released.set()
    await first
    await thread.call(lambda: asyncio.sleep(0))
    thread._loop.call_soon_threadsafe(thread._loop.stop)
    assert found == done
