"""Counts on their way to the one file: every process adds its batches to a stream of Redis, one process writes them.

A batch holds the counts of several conversations, already taken apart. A consumer group remembers which batches were
written, so that none is lost when the writing process is restarted; one that it was writing just then may be written twice.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable

import redis

from bot.shared.redis_server import PREFIX
from bot.themes.store import Cell, Group
from bot.themes.writer import CountFile

STREAM, GROUP, READER = PREFIX + "counts", "file", "writer"
KEPT_SECONDS = 7 * 24 * 3600
"""How long batches wait for a writing process; after a week without one they expire."""

MOST_BATCHES = 100_000
logger = logging.getLogger(__name__)


class SharedCounts:
    """Where the counts of one of several processes go: into the stream, and from there into the file."""

    def __init__(self, client: redis.Redis, file: CountFile | None) -> None:
        """Create.

        Args:
            client: of the Redis.
            file: the file, in the process that writes it; None in the others.
        """
        self._client, self._file = client, file

    def write(self, batch: Counter[Cell]) -> None:
        """Add a batch to the stream."""
        send(self._client, batch)

    def tend(self) -> None:
        """Write what waits in the stream, if this is the process that does so."""
        if self._file:
            self._file.tend()
            receive(self._client, self._file.write)


def send(client: redis.Redis, batch: Counter[Cell]) -> None:
    """Add a batch to the stream.

    Raises:
        redis.RedisError: it cannot be added now.
    """
    rows = [[c.week, c.group.channel, c.group.organisation, *c.fact, n] for c, n in batch.items()]
    both = client.pipeline()
    both.xadd(STREAM, {"rows": json.dumps(rows)}, maxlen=MOST_BATCHES, approximate=True)
    both.expire(STREAM, KEPT_SECONDS)
    both.execute()


def receive(client: redis.Redis, write: Callable[[Counter[Cell]], None]) -> None:
    """Write every batch that waits in the stream.

    Args:
        client: of the Redis.
        write: writes a batch; when it raises, the batch stays in the stream.

    Raises:
        redis.RedisError: Redis cannot be read now.
    """
    try:
        client.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except redis.ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise
    for start in ("0", ">"):  # first what this reader had taken before it was stopped, then what is new
        while batches := _next(client, start):
            for name, fields in batches:
                if batch := _batch(fields):
                    write(batch)
                client.pipeline().xack(STREAM, GROUP, name).xdel(STREAM, name).execute()
    client.expire(STREAM, KEPT_SECONDS)


def _next(client: redis.Redis, start: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
    found = client.xreadgroup(GROUP, READER, {STREAM: start}, count=100)
    return found[0][1] if found else []


def _batch(fields: dict[bytes, bytes]) -> Counter[Cell]:
    try:
        rows = json.loads(fields[b"rows"])
        return Counter({Cell(week, Group(channel, of), (a, b)): n for week, channel, of, a, b, n in rows})
    except (KeyError, TypeError, ValueError) as error:
        logger.error("Themes: a batch of counts could not be read and is left out (%s)", type(error).__name__)
        return Counter()
