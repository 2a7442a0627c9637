"""A newcomer's first minutes: a clean copy, `make run`, a port in use, Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from bot.settings import PROJECT
from tests.conftest import free_port

MINUTES = 60
NOT_COPIED = shutil.ignore_patterns(
    ".git",
    ".venv",
    ".tools",
    "models",
    ".rasa",
    "var",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
)


@pytest.mark.newcomer
def test_make_run_in_a_clean_copy_answers_hallo_and_ctrl_c_leaves_nothing_behind(tmp_path: Path):
    copy = tmp_path / "copy"
    shutil.copytree(PROJECT, copy, ignore=NOT_COPIED)
    port = free_port()
    environment = {**os.environ, "BOT_PORT": str(port)}
    environment.pop("VIRTUAL_ENV", None)
    with (tmp_path / "out.txt").open("wb") as out:
        process = subprocess.Popen(
            ["make", "run"], cwd=copy, stdout=out, stderr=subprocess.STDOUT, env=environment, start_new_session=True
        )
    printed = tmp_path / "out.txt"
    try:
        deadline = time.monotonic() + 20 * MINUTES
        while "Web chat:" not in printed.read_text():
            assert process.poll() is None, printed.read_text()
            assert time.monotonic() < deadline, printed.read_text()
            time.sleep(0.5)
        address = f"http://127.0.0.1:{port}"
        token = httpx.post(f"{address}/webhooks/web/sessions", timeout=30).json()["token"]
        answer = httpx.post(
            f"{address}/webhooks/web/messages",
            json={"message": "hallo"},
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        assert answer.json()[0]["text"]
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)
    text = printed.read_text()
    assert "…" in text, "training shows progress"
    assert "Traceback" not in text
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "nothing listens any more"


def test_a_port_in_use_is_one_clear_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [PROJECT / ".venv/bin/python", "-m", "bot", "run"],
            cwd=PROJECT,
            env={**os.environ, "BOT_PORT": str(port)},
            capture_output=True,
            timeout=120,
        )
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_a_missing_model_is_one_clear_sentence(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(PROJECT, copy, ignore=NOT_COPIED)
    done = subprocess.run(
        [PROJECT / ".venv/bin/python", "-m", "bot", "classify"], cwd=copy, input=b"", capture_output=True, timeout=120
    )
    assert done.returncode == 1
    assert b"There is no model" in done.stderr
    assert b"make train" in done.stderr
