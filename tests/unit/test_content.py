"""Content is loaded strictly: a mistake names file, step and what is wrong."""

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.content import ContentError, load
from bot.content_check import check, phone_numbers
from bot.help.directory import digits
from bot.importer import ContentImporter
from bot.settings import CONTENT
from bot.themes import THEMES


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(CONTENT, tmp_path / "content")
    return tmp_path / "content"


def write(copy: Path, steps: str) -> None:
    (copy / "replies" / "zz_test.yml").write_text(f"about: test\nreviewed_by: null\nsteps:\n{steps}", encoding="utf-8")


def test_the_content_of_the_project_passes_its_check():
    assert check().errors == []


def test_every_theme_has_a_reply_with_four_wordings_and_a_way_on():
    steps = load().steps
    for theme in THEMES:
        assert len(steps[theme].variations) >= 4, theme
        assert steps[theme].buttons, theme


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ("  - {name: a_b, codes: [norm], variations: [x], buttons: [{title: t, to: nergens}]}\n", "nergens"),
        ("  - {name: a_b, codes: [], variations: [x]}\n", "codes"),
        ("  - {name: a_b, codes: [scold], variations: [x]}\n", "scold"),
        ("  - {name: A-B, codes: [norm], variations: [x]}\n", "A-B"),
        ("  - {name: a_b, codes: [norm], variations: []}\n", "wording"),
        ("  - {name: menu, codes: [norm], variations: [x]}\n", "menu"),
        ("  - {name: a_b, codes: [norm], variations: ['[[geen_lijn]]']}\n", "geen_lijn"),
        ("  - {name: a_b, codes: [norm], variations: [x], colour: red}\n", "colour"),
        ("  - {name: a_b, codes: [norm], variations: [x], listens: nergens}\n", "nergens"),
        ("  - {name: a_b, codes: [norm], variations: [x], covers: [nergens]}\n", "verhaal_nergens"),
        ("  - {name: a_b, codes: [norm], variations: [x], codes_of: {sustain: [confront]}}\n", "confront"),
        ("  - {name: a_b, codes: [persuade], variations: [x]}\n", "persuade"),
        ("  - {name: [unclosed\n", "YAML"),
    ],
)
def test_a_mistake_is_named_with_its_file(copy, steps, says):
    write(copy, steps)
    with pytest.raises(ContentError) as error:
        load(copy)
    assert says in str(error.value)
    assert "zz_test.yml" in str(error.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Bel 0800-1234.", "typed out"),
        ("Jij bent een pleger.", "pleger"),
        (
            "Dit is een zin die veel te lang is om op een telefoon in de nacht nog rustig te kunnen lezen.",
            "sentence of",
        ),
        ("Kort. " * 61, "words in one turn"),
    ],
)
def test_the_check_reports_what_a_person_should_not_read(copy, text, says):
    write(copy, f"  - {{name: a_b, codes: [norm], variations: ['{text}']}}\n")
    assert any(says in e for e in check(copy).errors)


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (
            "name: a_b, codes: [norm], variations: [x], easy: ['Dit is voor iemand die het makkelijk wil hebben.']",
            "at most 8",
        ),
        ("name: samenvatting_thema_koken, codes: [summary], variations: [Je kookt.], part: true", "has this name"),
        ("name: samenvatting_thema_thanks, codes: [summary], variations: [Dank.]", "part: true"),
        ("name: samenvatting_thema_thanks, codes: [summary], variations: ['Zeg je dank?'], part: true", "asks nothing"),
        ("name: a_b, codes: [norm], variations: [x]", "nothing leads to"),
    ],
)
def test_the_check_reports_a_step_that_breaks_a_rule_of_its_kind(copy, step, says):
    write(copy, f"  - {{{step}}}\n")
    assert any(says in e for e in check(copy).errors)


def test_a_journey_that_the_menu_does_not_lead_to_is_an_error(copy):
    menu = copy / "replies" / "algemeen.yml"
    menu.write_text(menu.read_text(encoding="utf-8").replace("to: plan_start", "to: menu"), encoding="utf-8")
    assert any("the menu does not lead to plan_start" in e for e in check(copy).errors)


def test_a_line_that_was_not_checked_for_three_months_is_a_warning_and_no_error():
    report = check(today=date(2027, 6, 1))
    assert report.errors == []
    assert any("Veilig Thuis (veilig_thuis)" in w for w in report.warnings)


def test_years_are_no_phone_numbers_and_help_lines_are():
    assert phone_numbers("sinds 2024 en in 1998") == []
    assert phone_numbers("bel 0800-2000 of 088 0767 000 of 112") == ["0800-2000", "088 0767 000", "112"]


def test_no_number_of_the_do_not_use_list_is_in_the_directory():
    content = load()
    assert {digits(n) for n in content.directory.numbers()}.isdisjoint(digits(n) for n in content.do_not_use)
    assert content.do_not_use


def test_each_reply_is_defined_once_and_rasa_gets_it_from_the_content_alone():
    domain = ContentImporter().get_domain()
    assert {f"utter_{name}" for name, step in load().steps.items() if not step.part} == set(domain.responses)
    assert "responses:" not in (CONTENT.parent / "domain.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("country", [None, "be", "cn"])
def test_no_placeholder_is_left_in_what_a_person_reads(country):
    content = load()
    for variations in content.responses().values():
        for variation in variations:
            assert "[[" not in content.fill(variation["text"], country, datetime.now(UTC))
            slots = set(re.findall(r"\{.*?\}", variation["text"]))
            assert slots <= {"{ander}", "{Ander}", "{delen}"}, "Rasa would take anything else for a slot too"
