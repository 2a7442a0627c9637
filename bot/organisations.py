"""The organisations that show the chat on their sites: name, colours, logo, where "Snel weg" goes, and their own offer.

One YAML file each, in `content/organisations/` (content/organisations/README.md). A file with a mistake is reported with
its line and field and left out; the bot starts without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, root_validator, validator

from bot.content_files import ContentError, Strict, line_in, parse
from bot.help.directory import HelpLine, load_directory, refuse_old_numbers
from bot.help.places import gazetteer
from bot.settings import CONTENT, Settings

ORGANISATION = "organisation"
"""Key of the organisation's name in the metadata of a message."""

FOLDER = CONTENT / "organisations"
EXAMPLES = "examples"
NAME = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3: text of normal size."""
LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
MAX_LOGO_BYTES = 50_000
_START_WORD = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, from 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours `#rrggbb`, from 1 (the same) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


class Colours(Strict):
    """A background and the text on it."""

    main: str
    on_main: str

    @validator("main", "on_main")
    def _is_a_colour(cls, colour: str) -> str:
        if not _COLOUR.match(colour):
            raise ValueError(f'{colour!r} is no colour; write "#rrggbb", with quotes')
        return colour.lower()

    @root_validator(skip_on_failure=True)
    def _is_readable(cls, values: dict[str, Any]) -> dict[str, Any]:
        ratio = contrast(values["main"], values["on_main"])
        if ratio < LEAST_CONTRAST:
            raise ValueError(
                f"{values['on_main']} on {values['main']} cannot be read: contrast {ratio:.1f}, "
                f"at least {LEAST_CONTRAST} is needed"
            )
        return values


@lru_cache(maxsize=1)
def _do_not_use() -> tuple[str, ...]:
    return load_directory(CONTENT / "help").do_not_use


class Organisation(Strict):
    """What an organisation's file says.

    Attributes:
        name: as people know it.
        colours: of the widget.
        logo: a picture next to the file.
        exit_url: where "Snel weg" goes.
        regions: ids of the Veilig Thuis regions in which it works; people there are told of it too.
        opening: what a conversation from its site starts with, before the greeting.
        help: its own offer; goes before all other in a conversation from its site.
        telegram_start: the word behind `?start=` of its link to the Telegram bot.
    """

    name: str = Field(min_length=1, max_length=80)
    colours: Colours | None = None
    logo: str | None = None
    exit_url: str | None = None
    regions: tuple[str, ...] = ()
    opening: str | None = Field(default=None, max_length=400)
    help: tuple[HelpLine, ...] = ()
    telegram_start: str | None = None

    @validator("regions", each_item=True)
    def _is_a_region(cls, region: str) -> str:
        if region not in gazetteer().regions:
            raise ValueError(f"{region!r} is no region; choose from {', '.join(sorted(gazetteer().regions))}")
        return region

    @validator("help", each_item=True)
    def _can_be_offered(cls, line: HelpLine) -> HelpLine:
        if not line.needs:
            raise ValueError("needs is missing: for what the line is offered")
        refuse_old_numbers([line], _do_not_use(), "help")
        if line.near is None:
            raise ValueError("near is missing: where it is, such as near: {said: 'in Utrecht'}")
        return line

    @validator("telegram_start")
    def _is_a_start_word(cls, word: str | None) -> str | None:
        if word is not None and not _START_WORD.match(word):
            raise ValueError(f"{word!r}: at most 64 letters, digits, _ and -, as Telegram takes them")
        return word

    @validator("logo")
    def _is_a_picture(cls, logo: str | None) -> str | None:
        if logo is not None and (Path(logo).name != logo or Path(logo).suffix not in LOGO_TYPES):
            raise ValueError(f"{logo!r}: a file next to this one, ending in {', '.join(LOGO_TYPES)}")
        return logo

    @validator("exit_url")
    def _is_an_address(cls, address: str | None) -> str | None:
        if address is not None and (urlsplit(address).scheme != "https" or not urlsplit(address).hostname):
            raise ValueError(f"{address!r}: an address that starts with https://")
        return address


@dataclass(frozen=True)
class Site:
    """An organisation, with the name its site uses and its logo read; `example`: it is invented."""

    id: str
    organisation: Organisation
    logo: bytes | None
    logo_type: str | None
    example: bool

    def as_json(self) -> dict[str, Any]:
        """What the widget needs, and nothing more."""
        said = self.organisation
        return {
            "name": said.name,
            "colours": said.colours.dict() if said.colours else None,
            "logo": f"/organisations/{self.id}/logo" if self.logo else None,
            "exit_url": said.exit_url,
        }


def read_site(path: Path) -> Site:
    """Read one organisation's file.

    Raises:
        ContentError: it cannot be used; file, line and field are named.
    """
    if not NAME.match(path.stem):
        raise ContentError(f"{path}: line 1: the name of the file: only lower-case letters, digits and -")
    said = parse(path, Organisation)
    example = path.parent.name == EXAMPLES
    if said.logo is None:
        return Site(path.stem, said, None, None, example)
    logo = path.parent / said.logo
    where = f"{path}: line {line_in(path, 'logo')}: logo"
    if not logo.is_file():
        raise ContentError(f"{where}: there is no {logo.name} next to this file")
    if logo.stat().st_size > MAX_LOGO_BYTES:
        raise ContentError(f"{where}: {logo.name} is over {MAX_LOGO_BYTES // 1000} kB")
    return Site(path.stem, said, logo.read_bytes(), LOGO_TYPES[logo.suffix], example)


def load_organisations(folder: Path = FOLDER, examples: bool = False) -> tuple[dict[str, Site], list[str]]:
    """Read all organisations.

    Args:
        folder: where the files are.
        examples: the invented ones in `examples/` too.

    Returns:
        The ones that can be used, by name, and what is wrong with the others. A real one goes before an example.
    """
    sites: dict[str, Site] = {}
    mistakes: list[str] = []
    for path in [*sorted((folder / EXAMPLES).glob("*.yml") if examples else ()), *sorted(folder.glob("*.yml"))]:
        try:
            sites[path.stem] = read_site(path)
        except ContentError as error:
            mistakes.append(str(error))
    return sites, mistakes


@lru_cache(maxsize=1)
def organisations() -> dict[str, Site]:
    """The organisations of this bot, read once; the invented ones only with `DEMO_ORGANISATIONS=1`."""
    return load_organisations(examples=Settings.read().demo_organisations)[0]


def counted() -> frozenset[str]:
    """The organisations that are counted apart: a visitor can send any other name, and the invented ones are nobody's."""
    return frozenset(name for name, site in organisations().items() if not site.example)


def offered_by(name: object) -> Organisation | None:
    """The organisation on whose site a conversation was started.

    Args:
        name: what the session says of it; anything that is no known name gives None.
    """
    site = organisations().get(name) if isinstance(name, str) else None
    return site.organisation if site else None


def offered_in(region: str | None) -> list[HelpLine]:
    """What organisations offer that work in a Veilig Thuis region; never an invented one."""
    real = (s.organisation for s in organisations().values() if not s.example)
    return [line for said in real if region in said.regions for line in said.help]


def started_by(word: str) -> str | None:
    """The name of the organisation whose Telegram link has this start word."""
    return next((s.id for s in organisations().values() if word and s.organisation.telegram_start == word), None)
