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
    "var",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
)


# The training cache is copied along: that a clean checkout trains from nothing is what `make test` itself shows first.
@pytest.mark.newcomer
def test_make_run_in_a_clean_copy_answers_hallo_and_ctrl_c_leaves_nothing_behind(tmp_path: Path):
    copy = tmp_path / "copy"
    shutil.copytree(PROJECT, copy, ignore=NOT_COPIED)
    port = free_port()
    environment = {**os.environ, "BOT_PORT": str(port), "DASHBOARD_PORT": str(free_port())}
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
            env={**os.environ, "BOT_PORT": str(port), "DASHBOARD_PORT": str(free_port())},
            capture_output=True,
            timeout=120,
        )
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_without_a_model_the_door_opens_with_the_lines(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(PROJECT, copy, ignore=NOT_COPIED)
    (copy / "config.yml").write_text("recipe: default.v1\npipeline: [{name: bot.nlu.does_not_exist.At_all}]\n")
    port = free_port()
    with (tmp_path / "log.txt").open("wb") as out:
        process = subprocess.Popen(
            [PROJECT / ".venv/bin/python", "-m", "bot", "run"],
            cwd=copy,
            env={**os.environ, "BOT_PORT": str(port), "DASHBOARD_PORT": str(free_port())},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        health = _wait_for_any_answer(f"http://127.0.0.1:{port}/health", process)
        assert health.status_code == 503
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/webhooks/web", timeout=20) as web:
            opened = web.post("/sessions").json()
            assert "112" in opened["messages"][0]["text"]
            key = {"Authorization": f"Bearer {opened['token']}"}
            (reply,) = web.post("/messages", json={"message": "ik wil niet meer leven"}, headers=key).json()
            assert reply["text"].startswith("Denk je aan de dood?")
            assert reply["risk"]["kinds"] == ["suicide"]
            assert web.delete("/sessions", headers=key).status_code == 204
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
    text = (tmp_path / "log.txt").read_text()
    assert "There is no model" in text
    assert "crisis lines alone" in text
    assert "Traceback" not in text


def _wait_for_any_answer(address: str, process: subprocess.Popen) -> httpx.Response:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return httpx.get(address, timeout=10)
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail("the server did not start")


def test_a_missing_model_is_one_clear_sentence(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(PROJECT, copy, ignore=NOT_COPIED)
    done = subprocess.run(
        [PROJECT / ".venv/bin/python", "-m", "bot", "classify"], cwd=copy, input=b"", capture_output=True, timeout=120
    )
    assert done.returncode == 1
    assert b"There is no model" in done.stderr
    assert b"make train" in done.stderr
