"""Where somebody lives, in the words of people who type; a wrong region must not happen."""

import pytest

from bot.help.evaluation import evaluate_places, read_places
from bot.help.offer import question
from bot.help.places import find, gazetteer, rows
from bot.settings import PROJECT

EVALUATION = PROJECT / "tests" / "evaluation" / "places_test.jsonl"
LEAST_RIGHT = 0.97


def test_places_that_people_typed_are_understood_and_no_wrong_region_is_named():
    report = evaluate_places(read_places(EVALUATION))
    print(report.text())
    assert sum(report.all.values()) >= 200
    assert report.share() >= LEAST_RIGHT
    assert report.wrong_region == []


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("ik woon bij eindhove", "Eindhoven"),
        ("hoofdorp", "Haarlemmermeer"),
        ("vlaardingn", "Vlaardingen"),
        ("alfen aan de rijn", "Alphen aan den Rijn"),
        ("A'dam oost", "Amsterdam"),
        ("rijswijk bij den haag", "Rijswijk"),
        ("oosterhout nb", "Oosterhout"),
        ("ik woon in huizen", "Huizen"),
        ("ik woonde in breda maar nu in gouda", "Gouda"),
        ("6811cc", "Arnhem"),
    ],
)
def test_misspelt_short_and_old_names_lead_to_the_municipality(text, municipality):
    assert find(text, asked=True).municipality == municipality


@pytest.mark.parametrize(
    "text",
    [
        "huizen zijn duur",
        "echt",
        "best wel",
        "ik ben heel boos",
        "ik kom uit best een moeilijk gezin",
        "bij de buren",
        "ik woon in een dorp",
        "in de wijk",
        "in het noorden",
        "nederland",
        "ik verdien 2500 euro",
        "sinds 2011",
        "bij mijn moeder",
        "",
    ],
)
def test_ordinary_words_are_no_place(text):
    assert find(text, asked=True).kind == "unknown"


def test_without_a_question_a_word_that_is_also_a_place_needs_words_around_it():
    assert find("het huis is goor en ik ben moe").kind == "unknown"
    assert find("er zijn veel huizen hier").kind == "unknown"
    assert find("zit er iets in huizen waar ik heen kan").kind in ("unknown", "municipality")
    assert find("ik woon in stadskanaal, is daar iets").municipality == "Stadskanaal"


def test_the_parents_town_is_not_taken_for_the_writer_s():
    place = find("ik studeer in groningen maar mijn ouders wonen in emmen", asked=True)
    assert place.kind == "ambiguous"
    assert {m.municipality for m in place.choices} == {"Groningen", "Emmen"}


def test_each_choice_of_an_ambiguous_name_is_understood_and_fits_a_button():
    for name in ("bergen", "hengelo", "rijswijk", "elst", "beek", "heusden", "deurne", "limburg", "heerle", "hasselt"):
        place = find(name, asked=True)
        assert place.kind == "ambiguous", name
        assert 2 <= len(place.choices) <= 4
        for choice, meaning in zip(question(place)[1], place.choices, strict=True):
            found = find(choice, asked=True)
            assert (found.kind, found.municipality) == (meaning.kind, meaning.municipality), choice
            assert len(choice) <= 40


@pytest.mark.parametrize(
    ("text", "kind"), [("k woon in gent", "be"), ("aalst in belgie", "be"), ("rincon", "cn"), ("statia", "cn")]
)
def test_flanders_and_the_caribbean_netherlands_are_told_apart(text, kind):
    assert find(text, asked=True).kind == kind


@pytest.mark.parametrize(
    ("text", "region"),
    [("twente", "twente"), ("ik woon in zeeland", "zeeland"), ("brabant", None), ("de veluwe", None)],
)
def test_a_region_is_named_only_where_there_is_just_one(text, region):
    place = find(text, asked=True)
    assert place.kind == "region"
    assert place.region == region


def test_all_municipalities_of_2026_are_there_each_with_one_region():
    municipalities = rows("municipalities.csv")
    assert len(municipalities) == len({m["name"] for m in municipalities}) == 342
    assert len(gazetteer().regions) == 25
    assert {m["region"] for m in municipalities} == set(gazetteer().regions)


def test_where_the_region_is_not_verified_none_is_named():
    unverified = [m["name"] for m in rows("municipalities.csv") if m["verified"] != "yes"]
    assert unverified
    for name in unverified:
        assert find(name, asked=True).region is None


def test_every_village_is_found_by_its_name_and_never_in_another_region():
    for row in rows("places.csv"):
        place = find(row["place"], asked=True)
        true = gazetteer().municipalities[row["municipality"]]
        if place.kind == "municipality":
            assert place.region == true.region, row
