"""Where a process keeps what it must not forget yet: in its own memory, or in the Redis of `REDIS_URL` with others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rasa.core.lock_store import LockStore

from bot.channels.sessions import OwnSessions, Sessions
from bot.channels.telegram_chats import Answered, NoOthers
from bot.privacy.pseudonyms import Pseudonyms
from bot.privacy.tracker_store import OwnShelf, Shelf
from bot.settings import Settings
from bot.shared.lock_store import OwnLockStore, SharedLockStore
from bot.themes.broker import OpenFacts, OwnFacts
from bot.themes.writer import CountFile, Destination


@dataclass(frozen=True)
class Stores:
    """The places.

    Attributes:
        shelf: conversations.
        locks: whose turn it is in a conversation.
        sessions: of the web channel.
        facts: what is counted of open conversations.
        counts: where batches of counts are written.
        pseudonyms: makes the keys of conversations.
        answered: updates of Telegram that were answered by whichever process.
        tend: to be called every half minute.
    """

    shelf: Shelf
    locks: LockStore
    sessions: Sessions
    facts: OpenFacts
    counts: Destination
    pseudonyms: Pseudonyms
    answered: Answered
    tend: Callable[[], None]


def open_stores(settings: Settings, writes_counts: bool = True) -> Stores:
    """The places that the settings name.

    Args:
        settings: with or without `redis_url`.
        writes_counts: whether this process writes the file with counts; with Redis exactly one does.

    Raises:
        RedisUnusable: the Redis of `REDIS_URL` cannot be used.
    """
    if settings.redis_url:
        return _shared(settings, writes_counts)
    return _own(settings)


def _own(settings: Settings) -> Stores:
    ttl, pseudonyms = settings.conversation_ttl, Pseudonyms()
    return Stores(
        shelf=OwnShelf(ttl),
        locks=OwnLockStore(),
        sessions=OwnSessions(ttl, pseudonyms),
        facts=OwnFacts(ttl),
        counts=CountFile(settings.themes_db),
        pseudonyms=pseudonyms,
        answered=NoOthers(),
        tend=lambda: None,
    )


def _shared(settings: Settings, writes_counts: bool) -> Stores:
    from bot.shared import redis_server as shared
    from bot.shared.counts import SharedCounts
    from bot.shared.facts import SharedFacts
    from bot.shared.sessions import SharedSessions
    from bot.shared.shelf import SharedShelf
    from bot.shared.updates import SharedAnswered

    ttl = settings.conversation_ttl
    client = shared.connect(settings.redis_url)
    shared.check(client, settings.redis_url)
    secret = shared.shared_secret(client, ttl)
    pseudonyms = Pseudonyms(secret)
    loop_client = shared.connect_async(settings.redis_url)
    return Stores(
        shelf=SharedShelf(client, ttl),
        locks=SharedLockStore(client),
        sessions=SharedSessions(loop_client, pseudonyms, ttl),
        facts=SharedFacts(client, ttl),
        counts=SharedCounts(client, CountFile(settings.themes_db) if writes_counts else None),
        pseudonyms=pseudonyms,
        answered=SharedAnswered(loop_client),
        tend=lambda: pseudonyms.adopt(shared.renew_secret(client, secret, ttl)),
    )
