"""What an operator can set, from the environment or from a file `.env`. Every default works on one machine."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import load_dotenv

PROJECT = Path(__file__).resolve().parent.parent
CONTENT = PROJECT / "content"
MODELS = PROJECT / "models"
MODEL = MODELS / "bot.tar.gz"


class SettingError(ValueError):
    """A setting holds a value that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """The settings of one running bot; see docs/settings.md."""

    host: str
    port: int
    dashboard_host: str
    dashboard_port: int
    allowed_origins: tuple[str, ...]
    telegram_token: str
    telegram_api_url: str
    telegram_webhook_url: str
    redis_url: str
    dashboard_password: str = field(repr=False)
    themes_db: Path
    conversation_ttl: int
    demo_organisations: bool

    @classmethod
    def read(cls) -> Settings:
        """Read the environment, and `.env` for what the environment does not set.

        Raises:
            SettingError: a port or a number of seconds is not a number in range, a site or an address is not one, a switch
                not 0 or 1.
        """
        load_dotenv(PROJECT / ".env")
        env = os.environ
        return cls(
            host=env.get("BOT_HOST", "127.0.0.1"),
            port=_number("BOT_PORT", 5005, 1, 65535),
            dashboard_host=env.get("DASHBOARD_HOST", "127.0.0.1"),
            dashboard_port=_number("DASHBOARD_PORT", 5006, 1, 65535),
            allowed_origins=_origins("ALLOWED_ORIGINS"),
            telegram_token=env.get("TELEGRAM_BOT_TOKEN", "").strip(),
            telegram_api_url=_address("TELEGRAM_API_URL"),
            telegram_webhook_url=_address("TELEGRAM_WEBHOOK_URL"),
            redis_url=env.get("REDIS_URL", ""),
            dashboard_password=env.get("DASHBOARD_PASSWORD", ""),
            themes_db=PROJECT / (env.get("THEMES_DB") or "var/themes.db"),
            conversation_ttl=_number("CONVERSATION_TTL", 1800, 60, 86400),
            demo_organisations=_switch("DEMO_ORGANISATIONS"),
        )

    @property
    def accounts_db(self) -> Path:
        """The accounts of the overview, beside the counts."""
        return self.themes_db.with_name("accounts.db")

    @property
    def notes_db(self) -> Path:
        """What counsellors note with a week, beside the counts."""
        return self.themes_db.with_name("notes.db")

    @property
    def dashboard_address(self) -> str:
        """The address of the overview on its own machine."""
        return f"http://{self.dashboard_host}:{self.dashboard_port}"

    @property
    def address(self) -> str:
        """The address at which this server answers on its own machine."""
        return f"http://{self.host}:{self.port}"


def _number(name: str, default: int, least: int, most: int) -> int:
    raw = os.environ.get(name, "")
    if not raw:
        return default
    if not raw.isdigit() or not least <= int(raw) <= most:
        raise SettingError(f"{name} is {raw!r}; it must be a whole number from {least} to {most}.")
    return int(raw)


def _origins(name: str) -> tuple[str, ...]:
    found = [o.strip().rstrip("/").lower() for o in os.environ.get(name, "").split(",") if o.strip()]
    for origin in found:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname or origin != f"{parts.scheme}://{parts.netloc}":
            raise SettingError(
                f"{name} has {origin!r}; a site is written as https://www.example.nl, without a path or *."
            )
    return tuple(found)


def _switch(name: str) -> bool:
    raw = os.environ.get(name, "")
    if raw not in ("", "0", "1"):
        raise SettingError(f"{name} is {raw!r}; it must be 0 or 1.")
    return raw == "1"


def _address(name: str) -> str:
    raw = os.environ.get(name, "").strip()
    if raw and (not raw.startswith(("http://", "https://")) or not urlsplit(raw).hostname):
        raise SettingError(f"{name} is {raw!r}; it must be an address that starts with https:// or http://.")
    return raw
