"""Web sessions: tokens from the server only, forgotten after silence, limited in speed."""

from bot.channels.sessions import Bucket, OwnSessions
from bot.privacy.pseudonyms import Pseudonyms


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


async def test_a_token_finds_its_session_until_it_has_been_silent_too_long():
    clock = Clock()
    sessions = OwnSessions(100, Pseudonyms(), clock)
    token, session = await sessions.open("huis-a")
    clock.now += 99
    assert await sessions.find(token) is session
    clock.now += 99
    assert await sessions.find(token) is session, "each message starts the time anew"
    clock.now += 101
    assert await sessions.find(token) is None


async def test_a_made_up_token_finds_nothing_and_a_closed_one_is_gone():
    sessions = OwnSessions(100, Pseudonyms())
    token, session = await sessions.open()
    assert await sessions.find(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert await sessions.find(session.key) is None, "the conversation's key is not a token"
    await sessions.close(session)
    assert await sessions.find(token) is None


async def test_the_key_does_not_hold_the_token():
    token, session = await OwnSessions(100, Pseudonyms()).open()
    assert token not in session.key


def test_a_bucket_gives_its_burst_and_then_so_many_a_second():
    clock = Clock()
    bucket = Bucket(burst=3, per_second=2, clock=clock)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    clock.now += 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
