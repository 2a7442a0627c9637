"""The running bot counts what people talk about, and nothing else."""

import sqlite3
import stat
from contextlib import closing

import httpx

from tests.conftest import comes_up, free_port, start_server


def talk(address: str, *texts: str, wipe: bool = False) -> None:
    with httpx.Client(base_url=address, timeout=30) as web:
        opened = web.post("/webhooks/web/sessions").json()
        web.headers["Authorization"] = f"Bearer {opened['token']}"
        for text in texts:
            assert web.post("/webhooks/web/messages", json={"message": text}).status_code == 200
        if wipe:
            web.delete("/webhooks/web/sessions")


def test_conversations_become_counts_when_the_bot_stops_and_the_overview_is_served_beside_it(tmp_path):
    dashboard = f"http://127.0.0.1:{free_port()}"
    running = start_server(
        tmp_path / "log.txt", DASHBOARD_PORT=dashboard.rsplit(":", 1)[1], DASHBOARD_PASSWORD="geheim-geheim"
    )
    try:
        for _ in range(3):
            talk(running.address, "ik heb zo veel spijt", "ik wil niet meer leven", "/hulp_start", "/hulp_stap_bellen")
        talk(running.address, "mag ik mijn kinderen nog zien", wipe=True)
        talk(running.address, "/hulp_start", "wissen")
        talk(running.address)
        assert comes_up(f"{dashboard}/aanmelden", running.process)
    finally:
        running.stop()
    path = tmp_path / "themes.db"
    with closing(sqlite3.connect(path)) as db:
        found = {(fact, name): count for fact, name, count in db.execute("SELECT fact, name, count FROM running")}
    assert found["conversations", ""] == 3, "who wiped, who only opened the page, and /health are not counted"
    assert found["kind", "suicide"] == found["level", "urgent"] == 3
    assert found["journey", "hulp"] == found["step", "hulp_stap_bellen"] == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    log = (tmp_path / "log.txt").read_text()
    assert dashboard in log
    assert "geheim" not in log


def test_without_a_terminal_no_password_is_shown(tmp_path):
    running = start_server(tmp_path / "log.txt")
    running.stop()
    log = (tmp_path / "log.txt").read_text()
    assert "accounts add beheer" in log
    assert "with password" not in log
