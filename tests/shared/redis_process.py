"""A real Redis on loopback, for tests and for measuring, as docs/scaling.md sets it up: nothing on disk."""

from __future__ import annotations

import subprocess
import time

import redis

from tests.conftest import free_port

START_SECONDS = 10


class RedisProcess:
    """One that can be stopped and started again at the same address."""

    def __init__(self, *options: str) -> None:
        """Start it, with options of redis-server beside those that keep it off the disk."""
        self._port, self._options = free_port(), options
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.client = redis.Redis.from_url(self.url)
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        quiet = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--logfile", "/dev/null", "--dir", "/tmp"]
        self.process = subprocess.Popen(["redis-server", "--port", str(self._port), *quiet, *self._options])
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.client.ping()
                return
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop; everything it held is gone."""
        self.process.terminate()
        self.process.wait(timeout=10)
