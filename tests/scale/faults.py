"""Each fault by causing it while people talk: what was promised, what was seen (`make soak`; docs/reliability.md).

.venv/bin/python tests/scale/faults.py [--people 100] [--seconds 60] [--only NAME]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.conftest import Server, start_server
from tests.scale.people import Seen, crowd
from tests.shared.redis_process import RedisProcess

RESULTS = Path(__file__).parents[2] / "results"
THINK_SECONDS = 4.0
NEVER_READING = 200


@dataclass
class Running:
    """What a fault can be done to."""

    servers: list[Server]
    folder: Path
    redis: RedisProcess | None

    @property
    def main(self) -> Server:
        return self.servers[0]


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        promise: what people should meet.
        cause: causes it, waits for as long as it lasts (the seconds given), and ends it.
        processes: how many serve; more than one share a Redis.
        module: what the main process runs.
        lost: the largest share of answers that may be lost.
        static: whether the static text may come.
        unreachable: whether a person may find nobody there; the page that shows the chat has the lines then.
    """

    promise: str
    cause: Callable[[Running, float], None]
    processes: int = 1
    module: tuple[str, ...] = ("bot", "run")
    lost: float = 0.0
    static: bool = False
    unreachable: bool = False


def limit(server: Server, name: str, value: str) -> str:
    """Set a soft limit of a running process; gives the one before."""
    pid = str(server.process.pid)
    before = subprocess.check_output(["prlimit", "--pid", pid, f"--{name}", "--noheadings", "-o", "SOFT"], text=True)
    subprocess.run(["prlimit", "--pid", pid, f"--{name}={value}:"], check=True)
    return before.strip()


def kill_worker(running: Running, seconds: float) -> None:
    """kill -9 of a worker."""
    running.servers[1].process.send_signal(signal.SIGKILL)
    time.sleep(seconds)


def redis_away(running: Running, seconds: float) -> None:
    """Redis is stopped, and comes back empty."""
    assert running.redis
    running.redis.stop()
    time.sleep(seconds)
    running.redis.start()


def redis_hangs(running: Running, seconds: float) -> None:
    """Redis takes connections and says nothing."""
    assert running.redis
    running.redis.process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    running.redis.process.send_signal(signal.SIGCONT)


def disk_full(running: Running, seconds: float) -> None:
    """The process can write no byte more to any file: counts, log."""
    before = limit(running.main, "fsize", "0")
    time.sleep(seconds)
    limit(running.main, "fsize", before)


def disk_stuck(running: Running, seconds: float) -> None:
    """The file with counts lets nobody write."""
    with closing(sqlite3.connect(running.folder / "themes.db", timeout=30)) as other:
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        other.rollback()


def few_files(running: Running, seconds: float) -> None:
    """No new connection can be opened."""
    before = limit(running.main, "nofile", "40")
    time.sleep(seconds)
    limit(running.main, "nofile", before)


def clock_jumps(running: Running, seconds: float) -> None:
    """The clock goes a day ahead, then two days back."""
    running.main.process.send_signal(signal.SIGUSR1)
    time.sleep(seconds / 2)
    running.main.process.send_signal(signal.SIGUSR2)
    time.sleep(seconds / 2)


def never_read(running: Running, seconds: float) -> None:
    """Clients that ask and ask, and never read an answer."""
    place = urlsplit(running.main.address)
    asked = b"GET /widget.js HTTP/1.1\r\nHost: x\r\n\r\n" * 200
    with ExitStack() as stack:
        for _ in range(NEVER_READING):
            client = stack.enter_context(socket.create_connection((place.hostname, place.port), timeout=5))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            client.setblocking(False)
            try:
                client.send(asked)
            except BlockingIOError:
                continue
        time.sleep(seconds)


JUMPING = ("tests.scale.jumping_clock",)
FAULTS = {
    "a worker is killed": Fault(
        "only the replies it was making are lost", kill_worker, processes=2, lost=0.05, unreachable=True
    ),
    "Redis is gone, and comes back empty": Fault(
        "the lines with each message; then new conversations", redis_away, processes=2, lost=0.9
    ),
    "Redis hangs": Fault("the lines with each message; then it goes on", redis_hangs, processes=2, lost=0.9, static=True),
    "the disk is full": Fault("nobody notices; counts wait in memory", disk_full),
    "the file with counts is stuck": Fault("nobody notices; counts wait in memory", disk_stuck),
    "no more files may be opened": Fault(
        "who is connected goes on; others are let in afterwards", few_files, lost=0.3, unreachable=True
    ),
    "the clock jumps": Fault("nobody notices", clock_jumps, module=JUMPING),
    "clients never read": Fault("nobody notices", never_read),
}  # fmt: skip


@contextmanager
def running(fault: Fault, folder: Path) -> Iterator[Running]:
    """The processes that a fault needs."""
    with ExitStack() as stack:
        redis = RedisProcess() if fault.processes > 1 else None
        if redis:
            stack.callback(redis.stop)
        settings = {"REDIS_URL": redis.url} if redis else {}
        servers = []
        for number in range(fault.processes):
            module = fault.module if number == 0 else ("bot", "run", "--worker")
            log = folder / ("log.txt" if number == 0 else f"log{number}.txt")
            server = start_server(log, module, **settings)
            stack.callback(server.stop)
            servers.append(server)
        yield Running(servers, folder, redis)


def cause(fault: Fault, things: Running, people: int, seconds: float) -> tuple[Seen, Seen]:
    """Let people talk, cause the fault in the middle; what was met during it, and after it."""

    async def during() -> Seen:
        addresses = [server.address for server in things.servers]
        talking = asyncio.create_task(crowd(addresses, people, seconds * 1.5, THINK_SECONDS))
        await asyncio.sleep(seconds * 0.25)
        await asyncio.to_thread(fault.cause, things, seconds)
        return await talking

    met = asyncio.run(during())
    alive = [server.address for server in things.servers if server.process.poll() is None]
    return met, asyncio.run(crowd(alive, people, 10, THINK_SECONDS, seed=10))


def kept(fault: Fault, met: Seen, after: Seen) -> bool:
    """Whether the promise was kept."""
    total = len(met.seconds) + met.outcomes["lost"]
    return (
        met.outcomes["mixed_up"] == 0
        and (fault.unreachable or met.outcomes["danger_without_lines"] == 0)
        and met.outcomes["lost"] <= fault.lost * total
        and (fault.static or met.outcomes["static"] == 0)
        and len(after.seconds) > 0
        and after.outcomes["lost"] == after.outcomes["mixed_up"] == after.outcomes["danger_without_lines"] == 0
    )


def main() -> None:
    """Cause each, print a row each, and keep them in `results/faults.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60, help="how long each fault lasts")
    parser.add_argument("--only", choices=list(FAULTS))
    options = parser.parse_args()
    if not shutil.which("prlimit"):
        sys.exit("prlimit is missing: install util-linux")
    found: dict[str, Any] = {}
    for name, fault in FAULTS.items():
        if options.only and name != options.only:
            continue
        with tempfile.TemporaryDirectory() as folder, running(fault, Path(folder)) as things:
            met, after = cause(fault, things, options.people, options.seconds)
        found[name] = {
            "promise": fault.promise,
            "kept": kept(fault, met, after),
            **met.as_dict(),
            "after": after.as_dict(),
        }
        print(
            f"{'kept' if found[name]['kept'] else 'BROKEN':7}{name}: {met.as_dict()}; afterwards {after.as_dict()}",
            flush=True,
        )
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "faults.json").write_text(json.dumps(found, indent=1, ensure_ascii=False))
    sys.exit(not all(row["kept"] for row in found.values()))


if __name__ == "__main__":
    main()
