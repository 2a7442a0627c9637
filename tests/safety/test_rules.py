"""The rules: what takes a sign of danger away, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content_check import lexicon_errors
from bot.safety import KINDS, LEVELS, load_engine


@pytest.fixture(scope="module")
def screen():
    return load_engine().screen


def test_every_pattern_fires_in_its_own_sentences_and_not_in_those_it_excludes():
    assert lexicon_errors(load_engine()) == []


def test_every_kind_has_patterns():
    assert {k for p in load_engine().lexicon.patterns for k in p.kinds} == set(KINDS)


@pytest.mark.parametrize(
    ("text", "level", "kind"),
    [
        ("ik maak er een eind aan", "urgent", "suicide"),
        ("IK MAAK ER EEN EIND AAN!!!", "urgent", "suicide"),
        ("ik wil niet meer leven", "urgent", "suicide"),
        ("ik heb haar gister geslagen", "urgent", "violence_now"),
        ("kheb dr bij dr keel gepakt", "urgent", "strangulation"),
        ("ik ga haar vermoorden", "urgent", "threat_to_others"),
        ("ik heb mijn baby door elkaar geschud", "acute", "child_in_danger"),
        ("hij slaat mij", "urgent", "victim"),
    ],
)
def test_what_is_said_plainly_is_noticed(screen, text, level, kind):
    seen = screen(text)
    assert LEVELS.index(seen.level) >= LEVELS.index(level), seen
    assert kind in seen.kinds


@pytest.mark.parametrize(
    "text",
    [
        "ik schaam me dood",
        "mijn baas vermoordt me als ik te laat ben",
        "ik denk niet aan zelfmoord",
        "ik zou haar nooit iets aandoen",
        "twaalf jaar geleden heb ik mijn ex geslagen, ik ben er mee gestopt",
        "wat is het nummer van 113?",
        "in die serie steekt hij iemand neer",
        "ik hang op",
        "schiet op",
        "wat is een huisverbod?",
        "",
        "😭😭😭",
    ],
)
def test_what_is_no_risk_by_itself(screen, text):
    assert screen(text).level == "none"


def test_a_but_after_a_negation_keeps_a_question_open(screen):
    assert screen("ik wil haar niet vermoorden maar soms denk ik eraan").level != "none"


def test_strangling_stays_urgent_however_long_ago(screen):
    assert screen("tien jaar geleden heb ik haar keel dichtgeknepen").level == "urgent"


@given(st.text(max_size=400))
def test_any_text_can_be_screened(text):
    seen = load_engine().screen(text)
    assert seen.level in LEVELS
    assert bool(seen.kinds) == (seen.level != "none")


@pytest.mark.parametrize("text", ["zelfmoord? nee zeg, totaal niet", "mezelf ophangen? nee hoor"])
def test_who_says_the_question_over_and_denies_it_is_not_alarmed_about(screen, text):
    assert screen(text).level == "none"


@pytest.mark.parametrize(
    "text",
    [
        "zelfmoord? nooit gedacht dat ik het zou doen, vannacht doe ik het",
        "wil ik dood? nee, soms wel",
        "zelfmoord? nee ja soms wel",
    ],
)
def test_a_denial_that_goes_on_takes_nothing_away(screen, text):
    assert screen(text).level in ("urgent", "acute")
