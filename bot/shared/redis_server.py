"""The Redis that several processes share. It keeps everything in memory and forgets it: no file, and every key expires."""

from __future__ import annotations

import logging
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

import redis
import redis.asyncio

PREFIX = "hulpchat:"
PATIENCE_SECONDS = 1.0
"""A Redis that hangs must not hold up the crisis lines."""

WAIT_SECONDS = 30.0
_SECRET = PREFIX + "secret"
logger = logging.getLogger(__name__)


class RedisUnusable(RuntimeError):
    """The Redis of `REDIS_URL` cannot be used; the message says why, without its password."""


def connect(url: str) -> redis.Redis:
    """A client for code that may wait: Rasa's thread, the counting thread.

    Args:
        url: `redis://host:6379/0`, `rediss://…` or `unix://…`.

    Raises:
        RedisUnusable: the address is none.
    """
    return _client(redis.Redis, url)


def connect_async(url: str) -> redis.asyncio.Redis:
    """A client for the event loop.

    Raises:
        RedisUnusable: the address is none.
    """
    return _client(redis.asyncio.Redis, url)


def _client(kind: Any, url: str) -> Any:
    try:
        return kind.from_url(url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS)
    except ValueError as error:
        raise RedisUnusable("REDIS_URL must be an address such as redis://127.0.0.1:6379/0.") from error


def check(client: redis.Redis, url: str, wait: float = WAIT_SECONDS) -> None:
    """Refuse a Redis that is not there, or one that writes what people type to disk.

    Args:
        client: of this Redis.
        url: where it is, for the message.
        wait: seconds to wait for it to come.

    Raises:
        RedisUnusable: no answer in that time, a wrong password, or persistence is on.
    """
    place = _without_password(url)
    until = time.monotonic() + wait
    while True:
        try:
            client.ping()
            break
        except redis.AuthenticationError as error:
            raise RedisUnusable(f"Redis at {place} does not accept the password of REDIS_URL.") from error
        except redis.RedisError as error:
            if time.monotonic() >= until:
                raise RedisUnusable(f"Redis at {place} does not answer ({type(error).__name__}).") from error
            time.sleep(0.5)
    try:
        kept = {**client.config_get("save"), **client.config_get("appendonly")}
    except redis.ResponseError:
        logger.warning("Redis does not tell whether it writes to disk. It must not: see docs/scaling.md")
        return
    except redis.RedisError as error:
        raise RedisUnusable(f"Redis at {place} does not answer ({type(error).__name__}).") from error
    if _text(kept.get("save", "")).strip() or _text(kept.get("appendonly", "no")) != "no":
        raise RedisUnusable(
            f"Redis at {place} writes what it holds to disk, and it would hold what people type. "
            'Set save "" and appendonly no in redis.conf.'
        )


def shared_secret(client: redis.Redis, ttl: int) -> bytes:
    """The random secret behind tokens and pseudonyms: the first process makes it, the others take it over.

    Args:
        client: of the Redis.
        ttl: seconds for which it is kept when no process renews it.
    """
    try:
        client.set(_SECRET, secrets.token_bytes(32), nx=True, ex=ttl)
        found = client.get(_SECRET)
    except redis.RedisError as error:
        raise RedisUnusable(f"Redis cannot keep the shared secret ({type(error).__name__}).") from error
    if not isinstance(found, bytes):
        raise RedisUnusable("Redis lost the shared secret at once. Has it any memory left?")
    return found


def renew_secret(client: redis.Redis, secret: bytes, ttl: int) -> bytes:
    """Keep the secret for `ttl` seconds more, and bring it back to a Redis that was restarted.

    Returns:
        The secret that holds now: another process may have brought another one after the restart.
    """
    client.set(_SECRET, secret, nx=True, ex=ttl)
    client.expire(_SECRET, ttl)
    return client.get(_SECRET) or secret


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] or parts.path
