"""The organisations that show the chat on their sites: name, colours, logo, where "Snel weg" goes.

One YAML file each, in `content/organisations/`; its README tells the fields. A file with a mistake is reported with line and
field and left out; the bot starts without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, Extra, Field, ValidationError, root_validator, validator

from bot.settings import CONTENT

FOLDER = CONTENT / "organisations"
NAME = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3: text of normal size."""
LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
MAX_LOGO_BYTES = 50_000
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


class OrganisationError(ValueError):
    """An organisation's file that cannot be used; the message names file, line and field."""


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, from 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours `#rrggbb`, from 1 (the same) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid
        frozen = True


class Colours(_Strict):
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


class Organisation(_Strict):
    """What an organisation's file says."""

    name: str = Field(min_length=1, max_length=80)
    colours: Colours | None = None
    logo: str | None = None
    exit_url: str | None = None

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
    """An organisation, with the name its site uses and its logo read."""

    id: str
    organisation: Organisation
    logo: bytes | None
    logo_type: str | None

    def as_json(self) -> dict[str, Any]:
        """What the widget needs, and nothing more."""
        said = self.organisation
        return {
            "name": said.name,
            "colours": said.colours.dict() if said.colours else None,
            "logo": f"/organisations/{self.id}/logo" if self.logo else None,
            "exit_url": said.exit_url,
        }


def _line(node: yaml.Node | None, place: tuple[Any, ...]) -> int:
    """The line in the file at which a field stands; of what is around it when it is missing."""
    line = node.start_mark.line + 1 if node else 1
    for part in place:
        if not isinstance(node, yaml.MappingNode):
            break
        found = next(((k, v) for k, v in node.value if k.value == part), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def read_site(path: Path) -> Site:
    """Read one organisation's file.

    Raises:
        OrganisationError: it cannot be used; file, line and field are named.
    """
    if not NAME.match(path.stem):
        raise OrganisationError(f"{path}: line 1: the name of the file: only lower-case letters, digits and -")
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise OrganisationError(f"{path}: line {mark.line + 1 if mark else 1}: not valid YAML: {problem}") from error
    if not isinstance(data, dict):
        raise OrganisationError(f"{path}: line 1: fields are needed, such as name: …")
    try:
        said = Organisation.parse_obj(data)
    except ValidationError as error:
        found = []
        for mistake in error.errors():
            place = tuple(p for p in mistake["loc"] if p != "__root__")
            field = ".".join(map(str, place))
            found.append(f"{path}: line {_line(node, place)}: {field}: {mistake['msg']}")
        raise OrganisationError("\n".join(found)) from error
    if said.logo is None:
        return Site(path.stem, said, None, None)
    logo = path.parent / said.logo
    where = f"{path}: line {_line(node, ('logo',))}: logo"
    if not logo.is_file():
        raise OrganisationError(f"{where}: there is no {logo.name} next to this file")
    if logo.stat().st_size > MAX_LOGO_BYTES:
        raise OrganisationError(f"{where}: {logo.name} is over {MAX_LOGO_BYTES // 1000} kB")
    return Site(path.stem, said, logo.read_bytes(), LOGO_TYPES[logo.suffix])


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
    for path in [*sorted((folder / "examples").glob("*.yml") if examples else ()), *sorted(folder.glob("*.yml"))]:
        try:
            sites[path.stem] = read_site(path)
        except OrganisationError as error:
            mistakes.append(str(error))
    return sites, mistakes
