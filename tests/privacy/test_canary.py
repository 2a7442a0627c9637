"""Words that people typed are in no file and no log line, also when things go wrong and after a crash."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from bot.settings import PROJECT
from tests.conftest import start_server

CANARIES = ("zilverreigertje", "kwartelkoningin")


async def talk_with_canaries(address: str, conversations: int) -> None:
    async def one(number: int) -> None:
        async with httpx.AsyncClient(base_url=address, timeout=30) as web:
            opened = (await web.post("/webhooks/web/sessions")).json()
            web.headers["Authorization"] = f"Bearer {opened['token']}"
            for text in (
                f"ik heb {CANARIES[0]} geslagen gister {number}",
                "/ask_importance",
                f"mijn {CANARIES[1]} is een zeven",
                f"{CANARIES[0]} xqz brrp",
                f'/restart{{"{CANARIES[1]}": 1}}',
                f"ik wil niet meer leven zonder {CANARIES[0]}",
            ):
                await web.post("/webhooks/web/messages", json={"message": text})
            await web.post("/webhooks/web/messages", content=f'{{"message": "{CANARIES[0]}'.encode())
            await web.post("/webhooks/web/messages", json={"message": f"{CANARIES[1]} " * 400})
            await web.get(f"/{CANARIES[0]}?q={CANARIES[1]}")

    for batch in range(0, conversations, 10):
        await asyncio.gather(*(one(batch + n) for n in range(10)))


def files_changed_since(moment: float, *folders: Path) -> list[Path]:
    skip = {".git", ".venv", ".tools", ".pytest_cache", "__pycache__", ".hypothesis"}
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not skip.intersection(path.parts) and path.stat().st_mtime >= moment:
                found.append(path)
    return found


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL], ids=["stopped", "killed"])
async def test_nothing_a_person_typed_is_left_on_disk_or_in_a_log(tmp_path, end):
    moment = tmp_path.stat().st_mtime
    home = tmp_path / "home"
    home.mkdir()
    running = start_server(tmp_path / "log.txt", HOME=str(home), TMPDIR=str(tmp_path))
    try:
        await talk_with_canaries(running.address, conversations=50)
    finally:
        running.process.send_signal(end)
        running.process.wait(timeout=60)
    hits = [
        str(path)
        for path in files_changed_since(moment, PROJECT, tmp_path)
        for canary in CANARIES
        if canary.encode() in path.read_bytes() and path.resolve() != Path(__file__).resolve()
    ]
    assert hits == []
    assert (tmp_path / "themes.db").stat().st_size > 0, "what was counted was looked at"
    assert (tmp_path / "log.txt").stat().st_size > 0, "the log was looked at"
