"""What fits: at most three lines, near first, an organisation's own before all, and never what is unsafe."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.content import load
from bot.content_check import phone_numbers
from bot.help.directory import NEEDS, HelpLine, digits
from bot.help.offer import answer, fitting, wish
from bot.help.places import Place, find
from bot.help.printed import printed
from bot.organisations import load_organisations
from bot.settings import CONTENT

CONTENT_NOW = load()
LINES = list(CONTENT_NOW.lines.values())
NOW = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Europe/Amsterdam"))


def ids(place: str, need: str | None = None, barrier: str | None = None, **also) -> list[str]:
    return [x.id for x in fitting(LINES, find(place, asked=True), wish_for(need, barrier), **also)]


def wish_for(need: str | None, barrier: str | None = None):
    from bot.help.offer import Wish

    return Wish(need, barrier)


@pytest.mark.parametrize("need", [None, *NEEDS])
@pytest.mark.parametrize("place", ["eindhoven", "leeuwarden", "asdf", "gent", "bonaire", "brabant"])
def test_there_are_one_to_three_options_with_the_national_line_among_them(need, place):
    options = fitting(LINES, find(place, asked=True), wish_for(need))
    assert 1 <= len(options) <= 3
    national = {"gent": "1712", "bonaire": "0802-0802"}.get(place, "0800-2000")
    assert national in [x.phone for x in options]
    assert options[0].what and options[0].holds_back


def test_a_group_nearby_goes_first_and_one_far_away_is_not_named():
    assert ids("eindhoven", "groep")[0] == "carrouselgroep_eindhoven"
    assert "carrouselgroep_eindhoven" in ids("helmond", "groep")
    assert not any("eindhoven" in x for x in ids("groningen", "groep"))


def test_talks_for_both_partners_are_never_named_in_careful_mode():
    assert "kadera" in ids("zwolle", "partners")
    assert "kadera" not in ids("zwolle", "partners", careful=True)


def test_the_need_and_the_barrier_come_from_the_last_turns_and_the_words():
    assert wish(["find_help_nearby", "hulp_groep"], []).need == "groep"
    assert wish(["find_help_nearby", "hulp_start", "hulp_groep"], []).need is None
    assert wish(["find_help_nearby"], ["iets tegen drank in breda"]).need == "verslaving"
    assert wish(["find_help_nearby", "cost_of_help"], []).barrier == "geld"
    assert wish([], ["is er ook iemand die turks praat"]).barrier == "taal"


def test_the_first_option_is_explained_in_four_steps():
    place = find("gouda", asked=True)
    where, explained = answer(fitting(LINES, place, wish_for("praten")), place, wish_for("praten", "wachten"), NOW)
    assert "Veilig Thuis Hollands Midden" in where
    assert "wachttijd" in where
    for step in ("Wat het is:", "Wat er gebeurt:", "Wat je kan tegenhouden:", "Nog een keer: 0800-2000"):
        assert step in explained


def test_the_place_itself_is_not_repeated_in_the_answer():
    place = find("gouda", asked=True)
    assert "Gouda" not in "".join(answer(fitting(LINES, place, wish_for(None)), place, wish_for(None), NOW))


def test_a_line_that_is_not_verified_shows_no_number_and_is_not_offered():
    line = HelpLine.parse_obj({**LINES[0].dict(by_alias=True), "verified": False, "hours": {"always": True}})
    assert line.numbers() == ()
    assert fitting([line, *LINES], Place("unknown"), wish_for("jongeren"))[0].id == LINES[0].id
    assert "aa" not in [x.id for need in NEEDS for x in fitting(LINES, Place("unknown"), wish_for(need))]


def test_every_number_in_all_content_is_in_the_directory_and_none_is_old():
    known = {digits(n) for n in CONTENT_NOW.directory.numbers()}
    old = {digits(n) for n in CONTENT_NOW.do_not_use}
    for path in sorted(CONTENT.rglob("*.yml")):
        if path.parts[-2] in ("lexicon", "help"):
            continue  # patterns hold no text for people; the directory itself is where numbers stand
        for text in texts_in(yaml.safe_load(path.read_text(encoding="utf-8"))):
            for number in phone_numbers(CONTENT_NOW.fill(text) if "[[" in text else text):
                assert digits(number) in known, f"{path}: {number} in {text!r}"
                assert digits(number) not in old


def texts_in(value: object) -> list[str]:
    """Every text for people in a YAML value; no addresses and dates."""
    if isinstance(value, dict):
        facts = (
            "sources",
            "source",
            "source_date",
            "website",
            "colours",
            "regions",
            "exit_url",
            "hours",
            "reviewed_by",
        )
        return [t for k, v in value.items() if k not in facts for t in texts_in(v)]
    if isinstance(value, list):
        return [t for v in value for t in texts_in(v)]
    return [value] if isinstance(value, str) else []


def test_no_file_of_content_but_the_list_itself_has_a_number_that_must_not_be_used():
    for path in CONTENT.rglob("*"):
        if path.suffix in (".yml", ".csv", ".md"):
            text = path.read_text(encoding="utf-8").split("do_not_use:")[0]
            for number in CONTENT_NOW.do_not_use:
                assert number not in text, f"{path}: {number}"


def test_the_printed_page_gives_every_line_its_source_and_dates():
    directory = CONTENT_NOW.directory
    sites = list(load_organisations(examples=True)[0].values())
    page = printed([(directory.titles[x.id], x) for x in LINES], sites, directory.do_not_use, date(2027, 3, 1))
    for line in [*LINES, *(x for s in sites for x in s.organisation.help)]:
        assert f'id="{line.id}"' in page
        assert f'href="{line.source}"'.replace("&", "&amp;") in page
        assert line.checked.strftime("%d-%m-%Y") in page
    assert "langer dan drie maanden geleden" in page
    assert "nog niet bevestigd" in page
