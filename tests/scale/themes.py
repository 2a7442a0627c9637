"""How fast counting and the overview are: counts of a million made-up conversations, and what recording adds to a message.

No test: run it by hand, on an idle machine. `python tests/scale/themes.py [--conversations N]`
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(PROJECT))

from bot.themes.broker import OwnFacts, ThemeBroker
from bot.themes.demo import fill
from bot.themes.store import Group
from tests.themes.test_overview import PASSWORD, Overview
from tests.themes.test_recording import Kept, message, reply

WEEKS = 156
ORGANISATIONS = 12
PAGES = ("/", "/onderwerpen", "/gesprekken", "/niet-begrepen", "/op-papier", "/aantekeningen", "/uitleg",
         "/op-papier?van={first}&per=week", "/op-papier?van={first}&per=month", "/cijfers.csv?van={first}",
         "/cijfers.json?van={first}")  # fmt: skip


def recording() -> None:
    """What the events of one message cost."""
    broker = ThemeBroker(Kept(), OwnFacts(1800))
    took = []
    text = "Veilig Thuis: 0800-2000 (dag en nacht, gratis)\n" * 4
    for n in range(20_000):
        key = str(n % 5_000)
        events = [
            message("remorse", "concern", ["suicide"], [("remorse", 0.8)], key=key),
            reply("hulp_praten", text, key),
        ]
        events += [{"event": "action", "sender_id": key, "name": "action_listen"}] * 3
        began = time.perf_counter()
        broker.publish_turn(key, events)
        took.append(time.perf_counter() - began)
    print(f"recording a message (5 events): median {statistics.median(took) * 1000:.4f} ms, "
          f"99 % {statistics.quantiles(took, n=100)[-1] * 1000:.4f} ms")  # fmt: skip


def main() -> None:
    """Fill, serve, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=1_000_000)
    options = parser.parse_args()
    recording()
    with tempfile.TemporaryDirectory() as folder:
        overview = Overview(Path(folder))
        a_week = options.conversations / WEEKS
        groups = {Group("web"): round(a_week * 0.4), Group("telegram"): round(a_week * 0.15)}
        groups |= {Group("web", f"organisatie-{n}"): round(a_week * 0.45 / ORGANISATIONS) for n in range(ORGANISATIONS)}
        began = time.monotonic()
        made = fill(overview.themes_db, groups, WEEKS)
        print(
            f"{made} conversations in {time.monotonic() - began:.0f} s; {overview.themes_db.stat().st_size / 1e6:.1f} MB"
        )
        overview.accounts.add("beheer", "coordinator", password=PASSWORD)
        overview.start()
        visitor = overview.signed_in("beheer")
        first = "2023-W48"
        for path in PAGES:
            address = path.format(first=first)
            took = []
            for _ in range(7):
                began = time.perf_counter()
                answer = visitor.get(address, timeout=30)
                took.append(time.perf_counter() - began)
            print(f"{address:<44}{answer.status_code} median {statistics.median(took) * 1000:5.0f} ms, "
                  f"most {max(took) * 1000:5.0f} ms, {len(answer.content) / 1000:.0f} kB")  # fmt: skip
        overview.stop()
        for shape in ("table", "csv", "json"):
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "bot", "themes", "report", "--from", first, "--format", shape],
                cwd=PROJECT, env={**os.environ, "THEMES_DB": str(overview.themes_db)}, stdout=subprocess.DEVNULL, check=True,
            )  # fmt: skip
            print(f"report as {shape}: {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main()
