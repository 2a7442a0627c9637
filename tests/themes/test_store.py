"""The file with counts: batches, periods, what goes wrong with disks and processes."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from bot.settings import PROJECT
from bot.themes import weeks
from bot.themes.published import Choice, numbers
from bot.themes.store import Cell, Group, add, forget_before, opened, publish
from bot.themes.suppression import K
from bot.themes.weeks import Period, period_of, weeks_between
from bot.themes.writer import CountFile, CountWriter

WEB = Group("web")
ALL = Choice("2000-W01", "2099-W52")
FACTS = [("conversations", ""), ("level", "none"), ("theme", "remorse")]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "var" / "themes.db"


def wait_until(true, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def running(path) -> dict:
    with closing(sqlite3.connect(path)) as other:
        return {(fact, name): count for fact, name, count in other.execute("SELECT fact, name, count FROM running")}


def a_period(conversations: int, week: str) -> dict[Cell, int]:
    return {
        Cell(week, WEB, ("conversations", "")): conversations,
        Cell(week, WEB, ("level", "none")): conversations,
        Cell(week, WEB, ("theme", "remorse")): conversations // 2,
    }


def test_the_file_can_be_read_by_its_owner_only(path):
    with opened(path):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_single_conversation_waits_so_that_a_write_does_not_tell_about_it(path):
    writer = CountWriter(CountFile(path), tick=0.05)
    for _ in range(9):
        writer.add(WEB, FACTS)
    time.sleep(0.3)
    assert running(path) == {}
    writer.add(WEB, FACTS)
    wait_until(lambda: running(path).get(("theme", "remorse")) == 10)
    writer.stop()


def test_what_is_left_is_written_when_it_stops(path):
    writer = CountWriter(CountFile(path))
    writer.add(WEB, FACTS)
    writer.stop()
    assert running(path)["theme", "remorse"] == 1


def test_a_locked_file_delays_writing_and_is_said_once(path, caplog):
    with opened(path):
        pass
    writer = CountWriter(CountFile(path), tick=0.05)
    wait_until(lambda: path.is_file())
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        for _ in range(1000):
            writer.add(WEB, FACTS)
        assert time.monotonic() - began < 1.0, "adding does not wait for the file"
        wait_until(lambda: "cannot be written" in caplog.text)
        time.sleep(0.3)
        other.rollback()
    wait_until(lambda: running(path).get(("theme", "remorse")) == 1000)
    writer.stop()
    assert caplog.text.count("cannot be written") == 1
    assert caplog.text.count("written again") == 1


def test_a_full_disk_loses_nothing_that_was_written_and_does_not_stop_the_process(path, tmp_path):
    """A process that may write no byte more: the writing fails, the process goes on, the file stays whole."""
    with opened(path) as db:
        add(db, a_period(50, "2026-W40"))
    script = tmp_path / "full.py"
    script.write_text(
        "import resource, signal, sys, time\n"
        "from pathlib import Path\n"
        "from bot.themes.store import Group\n"
        "from bot.themes.writer import CountFile, CountWriter\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "writer = CountWriter(CountFile(Path(sys.argv[1])), tick=0.05)\n"
        "for n in range(2000):\n"
        "    writer.add(Group('web'), [('conversations', ''), ('theme', f'x{n}')])\n"
        "time.sleep(1)\n"
        "print('still here')\n"
        "writer.stop()\n"
    )
    done = subprocess.run(
        [sys.executable, str(script), str(path)], cwd=PROJECT, capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert "still here" in done.stdout
    assert "cannot be written" in done.stderr
    assert "are lost" in done.stderr
    assert running(path)["conversations", ""] == 50
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_killed_while_writing_the_file_is_whole_and_batches_are_whole(path, tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from bot.themes.store import Cell, Group, add, opened\n"
        "names = [f't{n}' for n in range(200)]\n"
        "while True:\n"
        "    with opened(Path(sys.argv[1])) as db:\n"
        "        add(db, {Cell('2026-W40', Group('web'), ('theme', name)): 1 for name in names})\n"
        "    print('.', flush=True)\n"
    )
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, str(script), str(path)], cwd=PROJECT, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
        )  # fmt: skip
        for _ in range(5):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        with closing(sqlite3.connect(path)) as other:
            assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert len(set(running(path).values())) == 1, "a batch is there as a whole or not at all"


def test_two_processes_can_write_at_once(path):
    def write() -> None:
        for _ in range(20):
            with opened(path) as db:
                add(db, {Cell("2026-W40", WEB, ("theme", "remorse")): 1})

    with opened(path):
        pass
    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert running(path) == {("theme", "remorse"): 40}


def test_a_new_group_is_published_by_the_month_and_its_counts_are_deleted(path):
    with opened(path) as db:
        for week in weeks_between("2026-W40", "2026-W43"):
            add(db, a_period(20, week))
        assert publish(db, "2026-W43") == []
        assert publish(db, "2026-W44") == [(WEB, Period("2026-W40", "2026-W43"))]
    assert {n.period for n in numbers(path, ALL)} == {Period("2026-W40", "2026-W43")}
    assert running(path) == {}


def test_what_comes_after_a_period_was_published_is_dropped(path):
    with opened(path) as db:
        add(db, a_period(40, "2026-W40"))
        publish(db, "2026-W44")
        before = numbers(path, ALL)
        add(db, a_period(40, "2026-W41"))
        publish(db, "2026-W44")
    assert numbers(path, ALL) == before
    assert running(path) == {}


@pytest.mark.parametrize(
    ("a_week", "last"),
    [(5, "2026-W13"), (60, "2026-W04"), (300, "2026-W01")],
    ids=["few: by the quarter", "some: by the month", "many: by the week"],
)
def test_how_often_figures_come_follows_from_the_quarter_before(path, a_week, last):
    with opened(path) as db:
        for week in weeks_between("2025-W40", "2026-W13"):
            add(db, a_period(a_week, week))
        publish(db, "2026-W14")
    first = next(n.period for n in numbers(path, ALL) if n.period.first >= "2026-W01")
    assert first == Period("2026-W01", last)


def test_old_numbers_are_deleted_also_for_who_opens_the_file_anew(path):
    with opened(path) as db:
        add(db, a_period(40, "2025-W40"))
        add(db, a_period(40, "2026-W40"))
        publish(db, "2027-W01")
        assert forget_before(db, "2026-W01") > 0
    assert {n.period.first for n in numbers(path, ALL)} == {"2026-W40"}


def test_nothing_below_k_is_ever_published(path):
    with opened(path) as db:
        add(db, a_period(K - 1, "2026-W40"))
        publish(db, "2026-W44")
    assert numbers(path, ALL) == []


def test_a_file_that_is_no_database_does_not_stop_the_chat(path, caplog):
    path.parent.mkdir()
    path.write_bytes(b"this is no database, but it is long enough to look at" * 40)
    writer = CountWriter(CountFile(path), tick=0.05)
    writer.add(WEB, FACTS)
    writer.stop()
    assert "are lost" in caplog.text


@pytest.mark.parametrize("year", range(2020, 2040))
@pytest.mark.parametrize("rhythm", weeks.RHYTHMS)
def test_periods_of_a_year_follow_each_other_without_gap_or_overlap(year, rhythm):
    all_weeks = weeks_between(f"{year}-W01", weeks.shift(f"{year + 1}-W01", -1))
    periods = list(dict.fromkeys(period_of(week, rhythm) for week in all_weeks))
    assert [week for p in periods for week in weeks_between(p.first, p.last)] == all_weeks
    quarters = [period_of(week, "quarter") for week in all_weeks]
    assert all(q.holds(period_of(week, rhythm)) for week, q in zip(all_weeks, quarters, strict=True))


@pytest.mark.parametrize("word", ["2026-40", "2026-W54", "week 3", "", "2026-W00"])
def test_a_week_that_is_none_is_said(word):
    with pytest.raises(weeks.WeekError, match="is not a week"):
        weeks.monday(word)
