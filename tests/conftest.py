"""Shared by all tests: the trained agent in its thread, conversations in-process, a real server on loopback."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.privacy.logs import configure_logging

configure_logging()

import httpx
import pytest
import pytest_asyncio

from bot.agent import RasaThread, load_agent
from bot.channels.answer import answer
from bot.channels.output import Reply
from bot.settings import MODEL, PROJECT
from bot.training import is_current

START_SECONDS = 300


@pytest.fixture(scope="session")
def rasa() -> Iterator[RasaThread]:
    """The agent that `make train` made, loaded once for all tests."""
    assert is_current(), "the model is missing or older than the project: make train"
    thread = RasaThread(load_agent(MODEL))
    thread.wait_until_warm()
    yield thread
    thread.stop()


class Conversation:
    """One person talking with the bot, in-process, as a channel does it."""

    def __init__(self, rasa: RasaThread, channel: str = "web") -> None:
        self.rasa, self.channel, self.key = rasa, channel, secrets.token_hex(8)
        self.last: list[Reply] = []

    async def say(self, text: str) -> list[Reply]:
        self.last = await answer(text, self.key, self.channel, self.rasa.handle_message)
        return self.last

    async def press(self, title: str) -> list[Reply]:
        """Press the button whose title begins so."""
        titles = {b["title"]: b["payload"] for r in self.last for b in r.buttons}
        payload = next((p for t, p in titles.items() if t.startswith(title)), None)
        assert payload, f"no button {title!r} among {list(titles)}"
        return await self.say(payload)

    @property
    def text(self) -> str:
        return "\n".join(r.text for r in self.last)

    @property
    def payloads(self) -> list[str]:
        return [b["payload"] for r in self.last for b in r.buttons]

    @property
    def risk(self) -> dict | None:
        return next((r.risk for r in self.last if r.risk), None)


@pytest.fixture
def talk(rasa: RasaThread) -> Conversation:
    """A conversation that has not begun."""
    return Conversation(rasa)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Server:
    """A bot started as an operator starts it, and what it printed."""

    process: subprocess.Popen
    address: str
    log: Path

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def start_server(log: Path, module: tuple[str, ...] = ("bot", "run"), **environment: str) -> Server:
    """Start `python -m bot run` on a free port, or on `BOT_PORT`, and wait until it says it is healthy."""
    port = environment.get("BOT_PORT") or free_port()
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=PROJECT,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "BOT_PORT": str(port),
                "DASHBOARD_PORT": str(free_port()),
                "THEMES_DB": str(log.with_name("themes.db")),
                **environment,
            },
        )
    if comes_up(f"{address}/health", process):
        return Server(process, address, log)
    process.kill()
    pytest.fail(f"the server did not start:\n{log.read_text()}")


def comes_up(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Whether an address answers well while a process lives, within `START_SECONDS`."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, timeout=10).status_code == 200:
                return True
        except httpx.TransportError:
            time.sleep(0.2)
    return False


@pytest.fixture(scope="session")
def site_address() -> str:
    """The origin of an organisation's site that may embed the chat."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, site_address: str) -> Iterator[Server]:
    """One real server for all tests that only talk with it."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    running = start_server(log, ALLOWED_ORIGINS=site_address, DEMO_ORGANISATIONS="1")
    yield running
    running.stop()


@pytest_asyncio.fixture
async def web(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the real server."""
    async with httpx.AsyncClient(base_url=server.address, timeout=20) as client:
        yield client
