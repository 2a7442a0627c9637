"""The short version of `make soak`: faults of one process while people talk. Those of several are in test_workers.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import start_server
from tests.scale.faults import FAULTS, Running, cause, kept

SHORT = [name for name, fault in FAULTS.items() if fault.processes == 1 and fault.module == ("bot", "run")]


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One process, for one fault after another."""
    folder = tmp_path_factory.mktemp("faults")
    server = start_server(folder / "log.txt")
    yield Running([server], folder, None)
    server.stop()


@pytest.mark.parametrize("name", SHORT)
def test_a_fault_is_survived_and_who_is_in_danger_gets_the_lines(things, name):
    met, after = cause(FAULTS[name], things, people=12, seconds=4)
    assert kept(FAULTS[name], met, after), (met.as_dict(), after.as_dict())
    assert after.outcomes["danger_without_lines"] == 0
