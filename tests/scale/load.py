"""Many people at once, on one process and on two with Redis. No test: a measurement (`make soak`).

    .venv/bin/python tests/scale/load.py [--people 1000] [--minutes 10] [--think 40] [--processes 1]

Every message of a person goes to another process than the one before. Reported: answers that were lost, answers that
belonged to somebody else, who was in danger and got no line, times, and memory at the start and at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.conftest import Server, start_server
from tests.scale.people import crowd
from tests.shared.redis_process import RedisProcess

RESULTS = Path(__file__).parents[2] / "results"


def memory_mb(server: Server) -> int:
    """Resident memory of a server's process, in MB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) // 1000


@contextmanager
def processes(folder: Path, count: int, redis: RedisProcess | None) -> Iterator[list[Server]]:
    """A main process, and workers beside it when there are more; they end with this."""
    settings = {"REDIS_URL": redis.url} if redis else {}
    with ExitStack() as stack:
        servers = []
        for number in range(count):
            module = ("bot", "run") if number == 0 else ("bot", "run", "--worker")
            server = start_server(folder / f"log{number}.txt", module, **settings)
            stack.callback(server.stop)
            servers.append(server)
        yield servers


def run(people: int, seconds: float, think: float, arrival: float, count: int) -> dict[str, Any]:
    """Measure once.

    Args:
        people: how many talk at once.
        seconds: for how long.
        think: mean seconds between an answer and the next message.
        arrival: seconds within which they come in.
        count: processes; more than one share a Redis.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        redis = RedisProcess() if count > 1 else None
        if redis:
            stack.callback(redis.stop)
        servers = stack.enter_context(processes(Path(folder), count, redis))
        addresses = [server.address for server in servers]
        asyncio.run(crowd(addresses, min(people, 20), 5, 1))  # what is loaded at the first messages
        before = [memory_mb(server) for server in servers]
        seen = asyncio.run(crowd(addresses, people, seconds, think, arrival))
        after = [memory_mb(server) for server in servers]
    return {
        "processes": count,
        "people": people,
        "seconds": seconds,
        "think": think,
        "arrival": arrival,
        **seen.as_dict(),
        "memory_mb": [before, after],
    }


def main() -> None:
    """Measure, print, and keep in `results/load-N.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--think", type=float, default=40, help="mean seconds of reading and typing")
    parser.add_argument("--arrival", type=float, default=120, help="seconds within which everybody comes in")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    found = run(options.people, options.minutes * 60, options.think, options.arrival, options.processes)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"load-{options.processes}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False))
    for name, value in found.items():
        print(f"{name:22}{value}")


if __name__ == "__main__":
    main()
