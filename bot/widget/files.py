"""Makes what browsers are served: `widget.js` with every text and number in it, and the page at `/`.

The texts stand in `content/widget.yml`, the numbers in `content/help/`. They are put into the file when the server starts, so
that the widget still shows them when the server cannot be reached.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, Extra, Field, ValidationError

from bot.content import PLACEHOLDER, Content, ContentError
from bot.settings import CONTENT

HERE = Path(__file__).parent
SCRIPT = HERE / "hulp-chat.js"
STYLE = HERE / "hulp-chat.css"
PAGES = HERE / "demo"


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid
        frozen = True


class ShownLine(_Strict):
    """A help line that is always on the screen, and when to call it."""

    line: str
    when: str = Field(max_length=24)


class WidgetContent(_Strict):
    """`content/widget.yml`.

    Attributes:
        lines: the numbers that are always on the screen, in their order.
        exit_url: where "Snel weg" goes when nobody says otherwise.
        chat: the texts of the chat, by the name under which `hulp-chat.js` asks for them.
        page: the texts of the page at `/`.
    """

    about: str
    reviewed_by: str | None
    lines: tuple[ShownLine, ...]
    exit_url: str
    chat: dict[str, str]
    page: dict[str, str | tuple[str, ...]]

    def texts(self) -> dict[str, str]:
        """Every text with the place where it stands, for the content check."""
        found = {f"lines.{shown.line}": shown.when for shown in self.lines}
        found |= {f"chat.{name}": text for name, text in self.chat.items()}
        for name, text in self.page.items():
            found |= {f"page.{name}.{i}": t for i, t in enumerate((text,) if isinstance(text, str) else text)}
        return found


def read_widget_content(content: Content, root: Path = CONTENT) -> WidgetContent:
    """Read `content/widget.yml`.

    Args:
        content: the rest of the content, for the help lines that the texts name.
        root: the folder of the content.

    Raises:
        ContentError: it is not valid, or names a help line that does not exist.
    """
    path = root / "widget.yml"
    try:
        found = WidgetContent.parse_obj(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise ContentError(f"{path}: not valid YAML: {error}") from error
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors())
        raise ContentError(f"{path}: {where}") from error
    named = {shown.line for shown in found.lines}
    named |= {match.group(1) for text in found.texts().values() for match in PLACEHOLDER.finditer(text)}
    if unknown := sorted(named - set(content.lines)):
        raise ContentError(f"{path}: {', '.join(unknown)}: not a line of content/help")
    return found


def _lines(content: Content, widget: WidgetContent) -> list[dict[str, str]]:
    """The lines on the screen: number, address for the telephone, name, and when."""
    found = []
    for shown in widget.lines:
        line = content.lines[shown.line]
        if not line.phone:
            raise ContentError(f"content/widget.yml: lines: {line.id} has no phone number")
        found.append({"phone": line.phone, "tel": tel(line.phone), "name": line.name, "when": shown.when,
                      "more": f"{line.hours}, {line.cost}"})  # fmt: skip
    return found


def tel(phone: str) -> str:
    """The number as an address that a telephone dials."""
    return "tel:" + "".join(c for c in phone if c.isdigit() or c == "+")


def make_script(content: Content, widget: WidgetContent) -> bytes:
    """The file that other sites load, with style, texts and numbers in it.

    Every number of the directory is in it: in a reply these, and no others, become something to tap. So are the names that
    hold a number ("113 Zelfmoordpreventie"), which stay text.
    """
    phones = {p for line in content.lines.values() for p in (line.phone, line.also) if p}
    names = {line.name for line in content.lines.values() if any(c.isdigit() for c in line.name)}
    data = {
        "texts": {name: content.fill(text).strip() for name, text in widget.chat.items()},
        "lines": _lines(content, widget),
        "phones": sorted(phones | names, key=len, reverse=True),
        "exit": widget.exit_url,
    }
    script = SCRIPT.read_text(encoding="utf-8")
    for mark, value in (("CONTENT", data), ("STYLE", STYLE.read_text(encoding="utf-8"))):
        place = f"/* {mark} */ null"
        if script.count(place) != 1:
            raise ContentError(f"{SCRIPT}: {place!r} must stand there once")
        script = script.replace(place, json.dumps(value, separators=(",", ":")))
    return script.encode()


def make_page(content: Content, widget: WidgetContent, address: str) -> bytes:
    """The page at `/`.

    Args:
        content: for the help lines.
        widget: the texts.
        address: of this server as others reach it, for the line that an organisation copies.
    """
    environment = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    fill: dict[str, Any] = {
        name: content.fill(text) if isinstance(text, str) else [content.fill(t) for t in text]
        for name, text in widget.page.items()
    }
    page = environment.get_template("index.html").render(text=fill, lines=_lines(content, widget), address=address)
    return page.encode()
