"""A main process and a worker with a Redis between them: the same conversations on both, and what is left when one dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest

from bot.settings import PROJECT
from tests.conftest import Server, start_server
from tests.scale.people import crowd
from tests.shared.redis_process import RedisProcess


@dataclass
class Both:
    """The two processes and what they share."""

    main: Server
    worker: Server
    redis: RedisProcess


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Started as docs/scaling.md says."""
    folder = tmp_path_factory.mktemp("both")
    redis = RedisProcess()
    modules = {"main": ("bot", "run"), "worker": ("bot", "run", "--worker")}
    with ThreadPoolExecutor() as pool:
        starting = {
            name: pool.submit(start_server, folder / f"{name}.txt", module, REDIS_URL=redis.url)
            for name, module in modules.items()
        }
        main, worker = (starting[name].result() for name in modules)
    yield Both(main, worker, redis)
    for server in (main, worker):
        server.stop()
    redis.stop()


class Caller:
    """One person, who can choose which process answers."""

    def __init__(self, server: Server) -> None:
        opened = httpx.post(f"{server.address}/webhooks/web/sessions", timeout=30)
        self.token = opened.json()["token"]

    def post(self, server: Server, text: str) -> httpx.Response:
        return httpx.post(
            f"{server.address}/webhooks/web/messages",
            json={"message": text},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )

    def say(self, server: Server, text: str) -> list[dict]:
        answer = self.post(server, text)
        assert answer.status_code == 200, answer.text
        return answer.json()


def test_a_conversation_goes_on_whichever_process_answers(both):
    caller = Caller(both.main)
    asked = caller.say(both.main, "/ask_importance")
    assert any(reply.get("control") for reply in asked)
    answered = caller.say(both.worker, "een 2")
    assert not any(reply.get("control") for reply in answered), "the worker took it for the answer to the ruler"
    caller.say(both.main, "ik wil niet meer leven")
    assert caller.say(both.worker, "ja ik heb een plan")[0]["risk"]["level"] == "acute"


def test_a_conversation_that_is_deleted_is_gone_on_both(both):
    caller = Caller(both.main)
    gone = httpx.delete(
        f"{both.worker.address}/webhooks/web/sessions", headers={"Authorization": f"Bearer {caller.token}"}
    )
    assert gone.status_code == 204
    assert caller.post(both.main, "hallo").status_code == 401


async def test_many_people_at_once_get_each_their_own_answer(both):
    seen = await crowd([both.main.address, both.worker.address], people=25, seconds=12, think=2)
    assert seen.outcomes["lost"] == seen.outcomes["mixed_up"] == 0, seen.wrong
    assert seen.outcomes["danger_without_lines"] == 0
    assert len(seen.seconds) > 50


def test_redis_holds_no_word_and_lets_everything_expire(both):
    caller = Caller(both.main)
    caller.say(both.worker, "mijn zilverreigertje is weg")
    names = both.redis.client.keys("*")
    assert all(both.redis.client.ttl(name) > 0 for name in names)
    assert caller.token.encode() not in b"".join(names)


def test_a_redis_that_is_gone_costs_the_conversation_and_not_the_lines(both):
    caller = Caller(both.main)
    both.redis.stop()
    for server in (both.main, both.worker):
        answer = caller.post(server, "ik wil niet meer leven")
        assert answer.status_code == 503
        assert "113" in answer.json()["message"]
    both.redis.start()
    assert caller.post(both.main, "hallo").status_code == 401, "the widget opens a new session at this"
    assert Caller(both.worker).say(both.main, "ik wil niet meer leven")[0]["risk"]["level"] == "urgent"


def test_a_worker_that_is_killed_leaves_its_conversations_to_the_other(both):
    caller = Caller(both.worker)
    caller.say(both.worker, "ik wil niet meer leven")
    both.worker.process.send_signal(signal.SIGKILL)
    both.worker.process.wait(timeout=10)
    answered = caller.say(both.main, "ja ik heb een plan")
    assert answered[0]["risk"]["level"] == "acute"
    assert "112" in answered[0]["text"]


def test_a_worker_says_what_it_needs():
    environment = {**os.environ, "REDIS_URL": ""}
    run = [sys.executable, "-m", "bot", "run", "--worker"]
    done = subprocess.run(run, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "set REDIS_URL" in done.stderr
