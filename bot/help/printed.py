"""The directory on paper, for whoever calls every line once in three months: `python -m bot content print`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.help.directory import HelpLine
from bot.help.places import gazetteer
from bot.organisations import Site

TEMPLATE = "printed.html.j2"


def printed(lines: list[tuple[str, HelpLine]], sites: list[Site], do_not_use: tuple[str, ...], today: date) -> str:
    """All lines with their sources and dates, as one page of HTML with a style for paper.

    Args:
        lines: the title of its file and each line, in order.
        sites: the organisations.
        do_not_use: numbers that must not come back.
        today: the day it is printed, for what is due to be checked.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.filters["region_name"] = gazetteer().regions.get
    groups: dict[str, list[HelpLine]] = {}
    for title, line in lines:
        groups.setdefault(title, []).append(line)
    return environment.get_template(TEMPLATE).render(groups=groups, sites=sites, do_not_use=do_not_use, today=today)
