"""A setting that cannot be used is one clear sentence."""

import subprocess
import sys

import pytest

from bot.settings import PROJECT, SettingError, Settings


@pytest.mark.parametrize("value", ["abc", "0", "70000", "-1"])
def test_a_wrong_port_is_named(monkeypatch, value):
    monkeypatch.setenv("BOT_PORT", value)
    with pytest.raises(SettingError, match=r"BOT_PORT.*1 to 65535"):
        Settings.read()


def test_sites_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://a.example/, https://b.example")
    assert Settings.read().allowed_origins == ("https://a.example", "https://b.example")


def test_the_command_line_says_it_in_one_line_and_fails(monkeypatch):
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=PROJECT,
        env={"PATH": "/usr/bin", "BOT_PORT": "x"},
        capture_output=True,
    )
    assert done.returncode == 1
    assert done.stderr.decode().strip().startswith("error: BOT_PORT")
    assert b"Traceback" not in done.stderr
