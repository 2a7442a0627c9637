"""Where somebody lives, in the words of people who type; a wrong region must not happen."""

import pytest

from bot.help.evaluation import evaluate_places, read_places
from bot.help.offer import question
from bot.help.places import find, gazetteer, rows
from bot.settings import PROJECT

EVALUATION = PROJECT / "tests" / "evaluation"
SETS = ("places_test", "places_test_2", "places_dev")
"""`places_dev` was mended by; `places_test_2` was written after that, and gave 0.98 before its one wrong region was mended."""

LEAST_RIGHT = 0.97


@pytest.mark.parametrize("name", SETS)
def test_places_that_people_typed_are_understood_and_no_wrong_region_is_named(name):
    report = evaluate_places(read_places(EVALUATION / f"{name}.jsonl"))
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


def municipality_of(text):
    """The municipality that an answer names."""
    return find(text, asked=True).municipality


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("nee niet haarlem, ik woon in zandfoort", "Zandvoort"),
        ("ik woon niet in amsterdam maar in diemen", "Diemen"),
        ("haarlem niet, wel heemstede", "Heemstede"),
        ("niet ver van gouda", "Gouda"),
    ],
)
def test_a_place_after_not_is_not_meant(text, municipality):
    assert municipality_of(text) == municipality


def test_when_only_a_place_is_named_that_is_not_meant_none_is_understood():
    assert find("ik zit niet in amsterdam", asked=True).kind == "unknown"


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("eerst in assen maar nu bovensmilde", "Midden-Drenthe"),
        ("eerst breda nu tilburg", "Tilburg"),
        ("was zwolle maar nu kampen", "Kampen"),
        ("nu kampen vroeger zwolle", "Kampen"),
        ("woerden sinds vorige week, eerst gouda", "Woerden"),
        ("kom uit rijnsburg maar woon nu in boskoop", "Alphen aan den Rijn"),
        ("kom uit enschede maar zit in almelo", "Almelo"),
        ("ik woonde eerst in hoogzand maar nu in veendm", "Veendam"),
    ],
)
def test_where_somebody_is_now_outweighs_where_they_were_or_come_from(text, municipality):
    assert municipality_of(text) == municipality


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("verhuisd van harderwijk naar swifterband", "Dronten"),
        ("ben van groningen naar assen verhuisd", "Assen"),
        ("verhuisd naar gouda uit woerden", "Gouda"),
        ("bilthoven maar ga verhuizen naar zeist", "De Bilt"),
    ],
)
def test_a_move_says_which_of_two_places_is_left(text, municipality):
    assert municipality_of(text) == municipality


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("grou maar me vriend woont in sneek", "Leeuwarden"),
        ("mn ex woont in leeuwarden, ik in drachten", "Smallingerland"),
        ("ik woon in drachten en mn moeder woont in leeuwarden", "Smallingerland"),
        ("gouda en mn ex in woerden", "Gouda"),
        ("ik woon bij mijn ouders in emmen", "Emmen"),
        ("mijn vriend en ik wonen in zwolle", "Zwolle"),
        ("bij mn moeder, die woont in weert", "Weert"),
        ("vader van twee uit gouda", "Gouda"),
        ("mn ouders wonen in emmen", None),
    ],
)
def test_where_another_lives_does_not_count_unless_the_writer_is_there_too(text, municipality):
    assert municipality_of(text) == municipality


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("abcoude maar alles wat ik doe is in amsterdam", "De Ronde Venen"),
        ("houten maar ik werk in utrecht", "Houten"),
        ("ben in breda op school maar woon in etten leur", "Etten-Leur"),
        ("werk in leide maar woon in voorschotn", "Voorschoten"),
        ("ik woon en werk in alkmaar", "Alkmaar"),
    ],
)
def test_work_and_school_do_not_count_beside_where_somebody_lives(text, municipality):
    assert municipality_of(text) == municipality


@pytest.mark.parametrize(
    "text",
    [
        "werk in utrecht maar woon in een klein dorpje",
        "zwolle maar woon nu in xyzburg",
        "in duitsland vlak over de grens bij enschede",
        "duitsland maar werk in venlo",
    ],
)
def test_where_somebody_lives_elsewhere_the_town_beside_it_is_not_taken(text):
    assert find(text, asked=True).kind == "unknown"


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("harmelen tussen utrecht en woerden in", "Woerden"),
        ("hatem bij zwolle", "Hattem"),
        ("een dorpje bij zwolle, hattem", "Hattem"),
        ("waalre onder eindhoven", "Waalre"),
        ("net buiten vaasen", "Epe"),
        ("in de buurt van naaltwijk", "Westland"),
        ("op schier", "Schiermonnikoog"),
        ("beek bij nijmegen", "Berg en Dal"),
        ("elst in de betuwe", "Overbetuwe"),
        ("barneveld gelderse vallei", "Barneveld"),
    ],
)
def test_a_place_may_only_say_where_another_lies(text, municipality):
    assert municipality_of(text) == municipality


@pytest.mark.parametrize(
    "text", ["tussen arnhem en nijmegen", "gouda of waddinxveen", "doordeweeks in delft, weekend in goes"]
)
def test_two_places_that_may_both_be_meant_are_asked_about(text):
    assert find(text, asked=True).kind == "ambiguous"


@pytest.mark.parametrize(
    ("text", "kind", "municipality"),
    [
        ("ik ben 15 en woon in 4571", "municipality", "Terneuzen"),
        ("ben uit 1990, 3511ab", "municipality", "Utrecht"),
        ("9711 groningen", "municipality", "Groningen"),
        ("2800 mechelen", "be", None),
        ("9000 gent", "be", None),
        ("ik woon in 9300 aalst", "be", None),
    ],
)
def test_digits_are_read_together_with_the_words_beside_them(text, kind, municipality):
    place = find(text, asked=True)
    assert (place.kind, place.municipality) == (kind, municipality)


def test_a_postcode_and_a_town_in_different_regions_are_asked_about():
    assert find("3511 zwolle", asked=True).kind == "ambiguous"


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("haafte", "West Betuwe"),
        ("vaasen", "Epe"),
        ("heerlerhei", "Heerlen"),
        ("bocholz", "Simpelveld"),
        ("delvzijl", "Eemsdelta"),
        ("vordn", "Bronckhorst"),
        ("noord-befeland", "Noord-Beveland"),
    ],
)
def test_names_are_understood_by_their_sound(text, municipality):
    assert municipality_of(text) == municipality


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("hellevoet", "Voorne aan Zee"),
        ("grolle, waar t bier vandaan komt", "Oost Gelre"),
        ("smerdiek", "Tholen"),
        ("sassem", "Teylingen"),
        ("sint oedenrooi", "Meierijstad"),
        ("oeteldonk", "'s-Hertogenbosch"),
        ("frjentsjer", "Waadhoeke"),
    ],
)
def test_nicknames_and_names_in_dialect_are_understood(text, municipality):
    assert municipality_of(text) == municipality


@pytest.mark.parametrize(
    "text", ["stroe", "tienhoven", "rozendaal", "alfen", "schilderswijk", "veldhuizen", "berlikum"]
)
def test_names_of_two_places_are_asked_about(text):
    assert find(text, asked=True).kind == "ambiguous"


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("lemmer aan t water", "De Fryske Marren"),
        ("de wijk, das een dorp in drenthe", "De Wolden"),
        ("goor, overijssel", "Hof van Twente"),
        ("in best in brabant", "Best"),
        ("best in brabant", None),
        ("echt in limburg", None),
    ],
)
def test_a_name_that_is_an_ordinary_word_counts_with_the_region_around_it(text, municipality):
    assert municipality_of(text) == municipality


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("de meierij", "Noord-Brabant"),
        ("in de friese wouden", "Friesland"),
        ("in t land van maas en waal", "Gelderland"),
        ("de bommelerwaard", "Gelderland"),
        ("ut gooi", "Noord-Holland"),
        ("n-holland", "Noord-Holland"),
    ],
)
def test_landscapes_are_regions_in_a_province(text, province):
    place = find(text, asked=True)
    assert (place.kind, place.province) == ("region", province)


def test_an_ambiguous_name_with_one_region_is_no_wrong_region_for_the_report():
    row = {"id": "1", "text": "oudega", "expect": "ambiguous", "municipality": None, "province": None}
    report = evaluate_places([row])
    assert (report.share(), report.wrong_region) == (1.0, [])


@pytest.mark.parametrize("text", ["net over de grens bij roosendaal, belgische kant", "essen, aan de belgische zijde"])
def test_the_belgian_side_of_the_border_is_belgium(text):
    assert find(text, asked=True).kind == "be"
