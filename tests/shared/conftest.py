"""A Redis for the tests of what processes share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from tests.shared.redis_process import RedisProcess


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisProcess]:
    """One Redis for all tests."""
    process = RedisProcess()
    yield process
    process.stop()


@pytest.fixture
def client(redis_process: RedisProcess) -> redis.Redis:
    """A client of it, with nothing in it."""
    redis_process.client.flushall()
    return redis_process.client
