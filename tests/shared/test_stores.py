"""What processes share in Redis: each test has two parts that stand for two processes, and a real Redis between them."""

import asyncio
import json
import time
from collections import Counter

import pytest
from redis import ConnectionError

from bot.privacy.pseudonyms import Pseudonyms
from bot.privacy.tracker_store import ForgettingTrackerStore, Kept
from bot.settings import Settings
from bot.shared import counts as counts_module
from bot.shared.counts import SharedCounts, receive, send
from bot.shared.facts import SharedFacts
from bot.shared.lock_store import SharedLockStore
from bot.shared.redis_server import RedisUnusable, check, connect, connect_async, renew_secret, shared_secret
from bot.shared.sessions import SharedSessions
from bot.shared.shelf import SharedShelf
from bot.shared.updates import SharedAnswered
from bot.stores import open_stores
from bot.themes.facts import Facts
from bot.themes.store import Cell, Group
from tests.shared.redis_process import RedisProcess
from tests.unit.test_tracker_store import DOMAIN, conversation

KEY = "k" * 64


def everything_expires(client) -> bool:
    return all(client.ttl(name) > 0 for name in client.keys("*"))


# ---------- conversations


async def test_what_one_process_heard_another_remembers(client):
    one, other = (ForgettingTrackerStore(DOMAIN, shelf=SharedShelf(client, 60)) for _ in range(2))
    await one.save(conversation(3))
    found = await other.retrieve("k")
    assert [e.as_dict()["event"] for e in found.events][-1] == "action"
    assert found.get_slot("importance") == 7.0
    assert everything_expires(client)
    await other.delete("k")
    assert await one.retrieve("k") is None


async def test_events_are_counted_once_whichever_process_saves(client):
    class Broker:
        def __init__(self):
            self.events = []

        def publish_turn(self, key, events):
            self.events += events

    heard = Broker()
    one, other = (ForgettingTrackerStore(DOMAIN, heard, SharedShelf(client, 60)) for _ in range(2))
    await one.save(conversation(1))
    before = len(heard.events)
    tracker = await other.retrieve("k")
    tracker.events.append(tracker.events[-1])
    await other.save(tracker)
    assert len(heard.events) == before + 1


# ---------- whose turn it is


async def test_two_processes_never_have_the_same_turn(client):
    stores = [SharedLockStore(connect_of(client)) for _ in range(4)]
    inside, most, order = 0, 0, []

    async def turn(number: int) -> None:
        nonlocal inside, most
        async with stores[number % 4].lock(KEY):
            inside += 1
            most = max(most, inside)
            order.append(number)
            await asyncio.sleep(0.005)
            inside -= 1

    tasks = []
    for number in range(20):
        tasks.append(asyncio.create_task(turn(number)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert most == 1
    assert order == list(range(20)), "in the order in which they came"
    assert not client.keys("*"), "and nothing is left behind"


async def test_a_second_message_does_not_wait_a_second(client):
    store = SharedLockStore(client)
    async with store.lock(KEY):
        waiting = asyncio.create_task(taken(store))
        await asyncio.sleep(0.05)
        freed = time.monotonic()
    assert await waiting - freed < 0.5


async def test_the_turn_of_a_process_that_died_comes_to_an_end(client):
    store = SharedLockStore(client)
    store.issue_ticket(KEY, lock_lifetime=0.2)  # and never given back
    assert everything_expires(client)
    began = time.monotonic()
    await taken(store)
    assert time.monotonic() - began < 1.0


async def taken(store: SharedLockStore) -> float:
    async with store.lock(KEY):
        return time.monotonic()


async def test_without_redis_a_turn_is_refused_at_once():
    store = SharedLockStore(connect("redis://127.0.0.1:1/0"))
    began = time.monotonic()
    with pytest.raises(ConnectionError):
        await taken(store)
    assert time.monotonic() - began < 0.5


# ---------- sessions and the secret


async def test_a_token_of_one_process_is_good_on_another_and_gone_everywhere_when_deleted(redis_process, client):
    one, other = (
        SharedSessions(connect_async(redis_process.url), Pseudonyms(shared_secret(client, 60)), 60) for _ in range(2)
    )
    token, session = await one.open("blauwe-deur")
    found = await other.find(token)
    assert (found.key, found.organisation) == (session.key, "blauwe-deur")
    assert [await one.count(session), await other.count(found)] == [1, 2]
    assert await other.find(token[:-1]) is None
    assert token.encode() not in b"".join(client.keys("*")), "Redis does not know the token"
    assert everything_expires(client)
    await other.close(found)
    assert await one.find(token) is None


async def test_a_message_that_crosses_its_own_deletion_brings_no_session_back(redis_process, client):
    sessions = SharedSessions(connect_async(redis_process.url), Pseudonyms(), 60)
    token, session = await sessions.open()
    await sessions.close(session)
    await sessions.count(session)
    assert await sessions.find(token) is None
    assert everything_expires(client)


def test_the_secret_outlives_a_restart_of_redis_in_the_processes(client):
    secret = shared_secret(client, 60)
    client.flushall()
    renew_secret(client, secret, 60)
    assert shared_secret(client, 60) == secret
    assert everything_expires(client)


def test_after_a_restart_all_processes_hold_the_same_secret_whoever_came_first(client):
    survivor = shared_secret(client, 60)
    client.flushall()
    newcomer = shared_secret(client, 60)
    assert newcomer != survivor
    assert renew_secret(client, survivor, 60) == newcomer


# ---------- what is counted


def test_facts_of_one_conversation_come_together_from_two_processes_and_are_counted_once(client):
    now = [1000.0]
    one, other = (SharedFacts(client, 60, lambda: now[0]) for _ in range(2))
    one.put(KEY, Facts("web", spoke=True, themes={"remorse"}))
    facts = other.get(KEY)
    facts.themes.add("relapse")
    other.put(KEY, facts)
    assert everything_expires(client)
    now[0] += 59
    assert list(one.ended()) == []
    now[0] += 2
    ended = [*one.ended(), *other.ended()]
    assert [f.themes for f in ended] == [{"remorse", "relapse"}]
    assert not client.keys("*")


def test_who_comes_back_after_silence_is_a_new_conversation_and_the_old_one_counts(client):
    now = [1000.0]
    facts = SharedFacts(client, 60, lambda: now[0])
    facts.put(KEY, Facts("web", spoke=True, level="urgent"))
    now[0] += 100
    assert facts.get(KEY) is None
    facts.put(KEY, Facts("web", spoke=True))
    assert [f.level for f in facts.ended()] == ["urgent"]
    assert facts.get(KEY).level == "none"


def test_a_wiped_conversation_is_not_counted(client):
    facts = SharedFacts(client, 60, lambda: 1000.0)
    facts.put(KEY, Facts("web", spoke=True))
    facts.drop(KEY)
    assert not client.keys("*")


BATCH = Counter({Cell("2026-W48", Group("web", "noord"), ("theme", "remorse")): 12})


def test_batches_of_all_processes_are_written_once(client):
    for _ in range(3):
        send(client, BATCH)
    written = []
    receive(client, written.append)
    receive(client, written.append)
    assert written == [BATCH] * 3
    assert everything_expires(client)


def test_a_batch_that_could_not_be_written_waits_also_for_a_new_process(client):
    send(client, BATCH)
    with pytest.raises(OSError, match="full"):
        receive(client, fails)
    written = []
    receive(connect_of(client), written.append)
    assert written == [BATCH]


def test_a_batch_that_cannot_be_read_does_not_hold_up_the_others(client, caplog):
    client.xadd(counts_module.STREAM, {"rows": "{"})
    send(client, BATCH)
    written = []
    receive(client, written.append)
    assert written == [BATCH]
    assert "left out" in caplog.text


def test_a_worker_only_sends(client):
    SharedCounts(client, None).write(BATCH)
    SharedCounts(client, None).tend()
    assert client.xlen(counts_module.STREAM) == 1


def fails(batch: Counter) -> None:
    raise OSError("the disk is full")


async def test_an_update_of_telegram_that_was_answered_is_known_everywhere(redis_process, client):
    one, other = (SharedAnswered(connect_async(redis_process.url)) for _ in range(2))
    assert not await one.holds(7)
    await one.add(7)
    assert await other.holds(7)
    assert everything_expires(client)


# ---------- a Redis that will not do


def test_a_redis_that_writes_to_disk_is_refused(client):
    try:
        client.config_set("save", "60 1")
        with pytest.raises(RedisUnusable, match="writes what it holds to disk"):
            check(client, "redis://:geheim@127.0.0.1:1/0")
    finally:
        client.config_set("save", "")
    check(client, "redis://127.0.0.1/0")


def test_a_redis_that_is_not_there_is_said_without_its_password():
    url = "redis://:geheim@127.0.0.1:1/0"
    with pytest.raises(RedisUnusable, match=r"127\.0\.0\.1:1 does not answer") as said:
        check(connect(url), url, wait=0)
    assert "geheim" not in str(said.value)


def test_an_address_that_is_none_is_said():
    with pytest.raises(RedisUnusable, match="REDIS_URL must be an address"):
        connect("localhost")


def test_a_wrong_password_is_said():
    process = RedisProcess()
    try:
        process.client.config_set("requirepass", "ander")
        url = process.url.replace("127.0.0.1", ":geheim@127.0.0.1")
        with pytest.raises(RedisUnusable, match="does not accept the password"):
            check(connect(url), url, wait=0)
    finally:
        process.stop()


def test_the_settings_choose_where_things_are_kept(redis_process, client, monkeypatch):
    monkeypatch.setenv("REDIS_URL", redis_process.url)
    shared = open_stores(Settings.read())
    assert isinstance(shared.shelf, SharedShelf)
    shared.shelf.put(KEY, Kept(json.dumps([]), 3))
    assert open_stores(Settings.read()).shelf.get(KEY) == Kept("[]", 3)
    monkeypatch.delenv("REDIS_URL")
    assert not isinstance(open_stores(Settings.read()).shelf, SharedShelf)


def connect_of(client):
    place = client.connection_pool.connection_kwargs
    return connect(f"redis://{place['host']}:{place['port']}/0")
