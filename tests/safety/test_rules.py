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


@pytest.mark.parametrize(
    ("typed", "level"),
    [
        ("in januari heb ik haar een klap gegeven", "concern"),
        ("ik heb haar geslagen. de laatste keer was in juli op de camping", "concern"),
        ("zes weken geleden heb ik haar tegen de muur geduwd", "concern"),
        ("in maart en gisteren heb ik haar geslagen", "urgent"),
        ("vorige maand heb ik haar geslagen en het gebeurt nog steeds", "urgent"),
        ("ik sla haar sinds vorige maand", "urgent"),
        ("in maart heb ik haar geslagen, ze ligt nu bewusteloos", "acute"),
        ("in maart heb ik haar bij de keel gepakt", "urgent"),
        ("twee weken geleden stond ik met een mes voor haar", "urgent"),
    ],
)
def test_hitting_of_weeks_or_months_ago_that_is_over_is_asked_about(screen, typed, level):
    assert screen(typed).level == level


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


@pytest.mark.parametrize(
    "text",
    [
        "in mn vorige huwelijk heb ik haar geduwd. 6 jaar terug",
    ],
)
def test_what_is_long_past_is_no_risk_however_it_is_dated(screen, text):
    assert screen(text).level == "none"


@pytest.mark.parametrize(
    "text",
    [
        "in 2015 sloeg ik haar en vannacht weer",
        "6 jaar terug heb ik haar geslagen en afgelopen zaterdag weer",
        "ik heb haar 6 jaar terug geslagen maar vorige week weer",
        "in 2010 begon het en hij slaat me nog steeds",
        "sinds 2018 slaat mijn man me",
        "hij slaat me. we zijn in 2010 getrouwd",
        "ik heb haar geslagen. in 2010 zijn we getrouwd",
        "ik heb mijn vrouw geslagen, ze is nu 34 weken zwanger",
        "ik heb haar geslagen. 0800-2000 is dat gratis",
        "mijn ex sloeg me jaren geleden. mijn nieuwe vriend slaat me nu",
    ],
)
def test_a_recent_time_or_the_present_tense_wins_over_a_year(screen, text):
    assert screen(text).level in ("urgent", "acute")


@pytest.mark.parametrize("text", ["in 1998 heb ik haar keel dichtgeknepen", "20 jaar terug heeft hij me gewurgd"])
def test_strangling_stays_urgent_whatever_the_year(screen, text):
    assert screen(text).level == "urgent"


@pytest.mark.parametrize(
    "text",
    [
        "de geit van de buren achtervolgt me",
        "met pingpong slaat mijn zoon me altijd",
        "hoeveel vrouwen worden er per jaar mishandeld",
        "hij vindt het knap van mij",
        "hij wil weten waar hij aan toe is",
        "de pillen zijn op, even naar de apotheek",
    ],
)
def test_animals_games_study_and_everyday_things_are_no_risk(screen, text):
    assert screen(text).level == "none"


@pytest.mark.parametrize(
    "text",
    [
        "ik ben docent en ik denk zelf aan zelfmoord",
        "voor mijn scriptie lees ik over suicide en ik wil dood",
        "de hond blaft en mijn man slaat me",
        "hij gooide de tv naar mijn hoofd",
        "heb een strip pillen geslikt, moet ik de huisarts bellen",
        "hij heeft me gewurgd en ik heb keelpijn",
        "mijn man vermoordt me als ik wegga",
        "een afscheidsbrief geschreven en ik wil dood",
        "ik heb het keukenmes in mijn hand, de uien branden aan en ze schreeuwt",
    ],
)
def test_a_harmless_word_takes_no_danger_away(screen, text):
    assert screen(text).level in ("urgent", "acute")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ik sla haar en ik stop niet", "violence_now"),
        ("MIJN BROER WURGT HAAR", "strangulation"),
        ("ze krijgt geen lucht meer", "violence_now"),
        ("net ingenomen", "suicide"),
        ("pillen zijn op", "suicide"),
        ("het touw in mijn handen", "suicide"),
        ("ik spring nu", "suicide"),
        ("hij trapt nu de voordeur in", "victim"),
        ("heb de bijl uit het schuurtje gehaald, hij is er over tien minuten", "weapon"),
        ("hij is nu bij haar op de kamer en hij heeft haar al eens misbruikt", "sexual_child"),
    ],
)
def test_what_goes_on_this_moment_is_acute(screen, text, kind):
    seen = screen(text)
    assert seen.level == "acute", seen
    assert kind in seen.kinds


@pytest.mark.parametrize(
    "text",
    [
        "ik sta met een mes in de keuken, de aardappels staan nog op",
        "mes in mijn hand, ze loopt te zeuren over de groente",
        "touw ligt klaar in de schuur naast de schommel",
        "ik heb een afscheidsbrief geschreven aan mijn kinderen en collega's",
        "afscheidsbrief geschreven. de juf mag hem lezen aan de kinderen",
        "hij kneep mijn keel dicht toen we gingen oversteken",
        "al die jaren heeft hij me geslagen",
        "geboren in 1985. ik heb mijn vrouw geslagen.",
        "ik woon hier sinds 2020 en hij heeft mij geslagen",
        "ik heb mijn zoon na schooltijd een klap gegeven",
        "als jonge vader heb ik mijn baby geschud",
        "Deed ik vroeger niet. Ik heb haar geslagen.",
        "hij sloeg mij. vroeger nooit.",
        "Samen sinds 2018. Ik heb haar geslagen.",
        "mijn ouders slaan mij. vroeger ook.",
        "nog nooit iemand verteld dat hij mij slaat",
        "nooit gedacht van mezelf, ik heb mijn vrouw geslagen",
        "niemand gaat me geloven, hij slaat me",
        "hij slaat mij, nee, dat durf ik niet te zeggen",
        "ik heb een van mijn kleinkinderen geslagen",
        "behandeling is afgerond maar ik heb mijn zoon een klap gegeven",
        "ik heb mijn kind geslagen in de gymzaal",
        "kunt u uitleggen wat ik moet doen, ik heb mijn vrouw geslagen",
        "mijn ex vermoordt me om een boete",
        "ik heb haar toen met een mes gestoken",
        "ik ben vroeger zelf geslagen en heb nu mijn eigen zoon geslagen",
        "ik heb zojuist mijn vrouw geschopt, 10 jaar geleden zwoer ik dat nooit te doen",
        "ik heb mijn zoon geslagen omdat hij weer zat te gamen op fortnite",
        "hij slaat de kinderen voor de tv",
    ],
)
def test_what_else_stands_in_a_message_takes_no_danger_away(screen, text):
    assert LEVELS.index(screen(text).level) >= LEVELS.index("urgent")


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("ik heb de kleine geschud", "child_in_danger"),
        ("ik voel de baby niet meer", "victim"),
        ("ik heb een huisverbod en ik sta voor de deur", "stalking"),
        ("ik slaap in de auto voor het huis", "stalking"),
        ("als ik haar niet kan krijgen dan niemand", "threat_to_others"),
        ("nu sla ik haar", "violence_now"),
    ],
)
def test_the_weightiest_kind_comes_first(screen, typed, kind):
    assert screen(typed).kinds[0] == kind
    assert screen(typed).level in ("urgent", "acute")
