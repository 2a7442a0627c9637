"""An organisation adds its own offer with one file; a wrong file is left out, with file, line and field."""

import shutil
from pathlib import Path

import pytest

from bot.channels.web import opening
from bot.content_check import phone_numbers
from bot.help.offer import Wish, fitting
from bot.help.places import find
from bot.organisations import FOLDER, load_organisations, offered_by, offered_in, organisations, started_by
from tests.unit.test_help_offer import LINES


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch):
    """A bot that was started with the invented organisations."""
    monkeypatch.setenv("DEMO_ORGANISATIONS", "1")
    organisations.cache_clear()
    yield
    organisations.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER / "examples", tmp_path / "o")
    return tmp_path / "o"


def test_the_examples_are_right_invented_and_without_phone_numbers():
    sites, mistakes = load_organisations(examples=True)
    assert mistakes == []
    examples = [s for s in sites.values() if s.example]
    assert len(examples) == 3
    for site in examples:
        assert "verzonnen" in site.organisation.name
        assert phone_numbers(str(site.organisation.opening)) == []
        assert all(line.phone is None for line in site.organisation.help)


def test_the_examples_are_loaded_only_on_request(monkeypatch):
    monkeypatch.delenv("DEMO_ORGANISATIONS", raising=False)
    organisations.cache_clear()
    assert not any(s.example for s in organisations().values())
    organisations.cache_clear()


def test_an_organisation_s_own_offer_goes_first_in_its_own_conversation(examples):
    own = offered_by("blauwe-deur").help
    options = fitting(LINES, find("utrecht", asked=True), Wish("groep"), own=own)
    assert options[0].id == "blauwe_deur_groep"
    assert "0800-2000" in [x.phone for x in options]


def test_an_invented_organisation_is_never_in_place_search(examples):
    assert offered_in("utrecht") == []


def test_a_real_organisation_is_named_to_people_in_its_region(folder, monkeypatch):
    sites, _ = load_organisations(folder)
    monkeypatch.setattr("bot.organisations.organisations", lambda: sites)
    assert [x.id for x in offered_in("twente")] == ["brug_consult", "brug_partners"]
    assert offered_in("zeeland") == []
    options = fitting(LINES, find("enschede", asked=True), Wish("praten"), nearby=offered_in("twente"))
    assert "brug_consult" in [x.id for x in options]
    partners = fitting(LINES, find("enschede", asked=True), Wish("partners"), nearby=offered_in("twente"), careful=True)
    assert "brug_partners" not in [x.id for x in partners]


def test_a_conversation_from_its_site_starts_with_its_opening(examples):
    assert "Blauwe Deur" in opening("blauwe-deur")[0].text
    assert opening("onbekend") == opening(None) == []


def test_its_telegram_link_is_recognised(examples):
    assert started_by("blauwe-deur") == "blauwe-deur"
    assert started_by("iets-anders") is None
    assert started_by("") is None


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("regions: [utrecht]", "regions: [utrect]", "line 8: regions.0: 'utrect' is no region"),
        ("needs: [groep]", "needs: [groepje]", "help.0"),
        ("days: wo,", "days: woe,", "help.0.hours.weekly.0.days"),
        ("telegram_start: blauwe-deur", "telegram_start: blauwe deur", "telegram_start"),
        ("    region: NL", "    regio: NL", "help.0.regio"),
        ('route: "vraag ernaar bij Huis De Blauwe Deur"', "phone: '0900-0113'", "must not be used"),
    ],
)
def test_a_wrong_file_is_left_out_with_its_line_and_field(folder, right, wrong, says):
    path = folder / "blauwe-deur.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(right, wrong, 1), encoding="utf-8")
    sites, mistakes = load_organisations(folder)
    assert set(sites) == {"de-brug", "maatjes-zuid"}
    assert any(says in m and "blauwe-deur.yml: line " in m for m in mistakes), mistakes
