"""A message that names what it is about gets the step on just that."""

import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.chat_dutch import normalise
from bot.content import Names, load
from bot.content_check import named_errors
from bot.nlu.change_talk import HEARD
from bot.nlu.named_step import BEARS_IT, DOER, ONLOOKER, PROFESSIONAL, NamedStep, named_step

CONTENT = load()


@pytest.mark.parametrize(
    ("typed", "theme", "step"),
    [
        ("ik heb een huisverbod van 10 dagen", "contact_ban_huisverbod", "verbod_huisverbod"),
        ("krijg ik nog een VOG", "police_justice", "verbod_vog"),
        ("ben gestuurd door de reclassering", "police_justice", "verbod_reclassering"),
        ("hoe lang duurt zo'n traject", "explain_change", "veranderen_programma"),
        ("is haar geld inhouden ook geweld?", "what_is_violence", "begrijpen_telefoon_geld"),
        ("ik wil een traject", "explain_change", None),
        ("geldt het ook als geweld als ik haar alleen duw?", "what_is_violence", None),
        ("ik zag een vogel", "police_justice", None),
        ("ik heb zelf een melding gedaan over mijn man", "police_justice", None),
        ("krijgt ze een enkelband", "police_justice", None),
        ("is er nog een kans dat ze terugkomt?", "explain_change", None),
        ("ik heb een huisverbod", "remorse", None),
        ("wanneer komt de politie", "police_justice", None),
    ],
)
def test_words_in_their_theme_lead_to_their_step(typed, theme, step):
    assert named_step(normalise(typed), theme, set()) == step


def test_the_step_comes_once():
    assert named_step("ik heb een huisverbod", "contact_ban_huisverbod", {"verbod_huisverbod"}) is None


def test_without_themes_the_words_are_enough():
    assert named_step("raak ik mijn verblijfsvergunning kwijt", "", set()) == "vraag_verblijf"
    assert named_step("ze dreigen dat ik het land uitgezet word", "remorse", set()) == "vraag_verblijf"
    assert named_step("ik heb mijn telefoon uitgezet", "remorse", set()) is None
    assert named_step("mijn dochter bibbert als ik dronken thuiskom", "alcohol_drugs", set()) is None
    assert named_step("sinds ik gestopt ben met drinken gaat het beter", "alcohol_drugs", set()) is None
    assert named_step("ik tril helemaal sinds ik niet meer drink", "alcohol_drugs", set()) == "drank_ontwenning"
    assert named_step("ik vind het moeilijk", "remorse", set()) is None


@pytest.mark.parametrize(
    ("typed", "theme", "step"),
    [
        ("kan het langer dan 10 dagen?", "contact_ban_huisverbod", "verbod_langer"),
        ("hoe lang duurt zo'n contactverbod", "contact_ban_huisverbod", "verbod_contact"),
        ("mag ik terug appen, zij begint", "contact_ban_huisverbod", "verbod_antwoorden"),
        ("ze appte zelf, ik ga niet reageren", "contact_ban_huisverbod", None),
        ("is het zwaar", "minimise_deny", "veranderen_moeilijk"),
        ("heeft dat allemaal zin", "", "veranderen_mag"),
        ("waar slaap ik vannacht", "contact_ban_huisverbod", "verbod_slapen"),
        ("mag ik mijn kids bellen?", "contact_ban_huisverbod", "verbod_kinderen"),
        ("wat zeg ik tegen een kind van 9", "children_effects", "ouder_woorden"),
        ("hoe zeg ik sorry tegen mn vrouw", "remorse", None),
        ("is het erfelijk", "", "begrijpen_erfelijk"),
        ("krijg ik een strafblad als ik hulp zoek", "", "vraag_strafbaar"),
        ("heb ik een verwijsbrief nodig", "", "vraag_verwijzing"),
        ("ze heeft aangifte tegen mij gedaan", "", "vraag_aangifte"),
        ("hoe zorg ik dat ze de aangifte tegen mij intrekt", "police_justice", None),
        ("ik heb geen zin", "", None),
    ],
)
def test_facts_that_are_asked_for_come_at_once(typed, theme, step):
    assert named_step(normalise(typed), theme, set()) == step


@pytest.mark.parametrize(
    ("typed", "teller", "step"),
    [
        ("ik ben 14", ONLOOKER, "naasten_kind"),
        ("ik ben 14", DOER, None),
        ("ik ben 14 dagen weg", ONLOOKER, None),
        ("ik ben 15 jaar getrouwd", BEARS_IT, None),
        ("moet ik ertussen gaan staan?", ONLOOKER, "naasten_ertussen"),
        ("moet ik ertussen gaan staan?", DOER, "naasten_ertussen"),
        ("kan ik anoniem melden bij veilig thuis", ONLOOKER, "naasten_melden"),
        ("wat kan ik hem aanraden", PROFESSIONAL, "naasten_werk_gesprek"),
        ("hoe begin ik daarover tegen papa?", ONLOOKER, None),
        ("ik ben 12 jaar bij hem", BEARS_IT, None),
        ("wat kan ik doen voor haar", ONLOOKER, "naasten_omstander"),
        ("wat kan ik doen", BEARS_IT, "naasten_partner"),
        ("wat kan ik doen", DOER, None),
        ("waar kan ik heen als man", BEARS_IT, "naasten_weg"),
        ("hij mag niet weten dat ik hier typ", BEARS_IT, "naasten_telefoon"),
        ("ik heb een huisverbod", BEARS_IT, None),
        ("ik ben zwanger van hem", BEARS_IT, "naasten_zwanger"),
        ("mijn zus is zwanger", BEARS_IT, None),
    ],
)
def test_a_step_is_named_only_by_those_it_speaks_to(typed, teller, step):
    theme = "contact_ban_huisverbod" if "huisverbod" in typed else ""
    assert named_step(normalise(typed), theme, set(), teller) == step


@pytest.mark.parametrize(
    ("typed", "kinds", "step"),
    [
        ("kan niet weg de kleine slaapt boven", ("losing_control",), "veilig_kan_niet_weg"),
        ("kan niet weg de kleine slaapt boven", (), None),
        ("ze heeft er nergens last van hoor", ("strangulation",), "veilig_keel_geen_last"),
        ("ze heeft er nergens last van hoor", ("violence_now",), None),
        ("ze heeft een blauw oog", ("violence_now",), "veilig_verwond"),
        ("ik heb zelf mijn hand gebroken", ("violence_now",), None),
    ],
)
def test_some_steps_answer_only_while_a_danger_of_their_kind_is_open(typed, kinds, step):
    assert named_step(normalise(typed), "", set(), DOER, kinds) == step


def test_a_question_about_help_is_another_one_only_by_clear_words():
    assert named_step("heeft hulp zin", "", set(), clearly=True) == "veranderen_mag"
    assert named_step("hoe lang duurt zo'n traject", "explain_change", set(), clearly=True) is None


@pytest.mark.parametrize(
    ("known_as", "answers", "name"),
    [
        ("vraag_beginnen", False, "veranderen_mag"),
        ("vraag_beginnen", True, "vraag_beginnen"),
        ("thanks", False, "veranderen_mag"),
    ],
)
def test_a_pressed_or_typed_answer_is_no_question(known_as, answers, name):
    message = Message({TEXT: "heeft hulp zin", "answers_last_question": answers})
    message.set(INTENT, {"name": known_as, "confidence": 0.8})
    NamedStep(0.4).process([message], None)
    assert message.get(INTENT)["name"] == name


def test_an_open_danger_of_a_kind_that_does_not_exist_is_a_mistake():
    steps = {"menu": CONTENT.steps["menu"].copy(update={"named": Names(words=("zwanger",), open=("boos",))})}
    assert "boos" in named_errors(CONTENT.copy(update={"steps": steps}))[0]


def test_what_answers_a_danger_needs_the_emergency_number():
    named = Names(words=("ertussen",), in_danger="urgent")
    steps = {"menu": CONTENT.steps["menu"].copy(update={"named": named})}
    errors = named_errors(CONTENT.copy(update={"steps": steps}))
    assert len(errors) == 1
    assert "noodnummer" in errors[0]


def test_a_word_that_no_message_has_and_a_theme_that_does_not_exist_are_mistakes():
    named = Names(themes=("geen_thema",), words=("m'n verblijf*",))
    steps = {"menu": CONTENT.steps["menu"].copy(update={"named": named})}
    errors = named_errors(CONTENT.copy(update={"steps": steps}))
    assert len(errors) == 2
    assert "geen_thema" in errors[0]
    assert "mijn verblijf" in errors[1]


@pytest.mark.parametrize(
    ("role", "name"), [("zelf", "verbod_contact"), ("none", "verbod_contact"), ("slachtoffer", "vertelt")]
)
def test_a_ban_of_somebody_else_is_not_spoken_of_as_the_own(role, name):
    message = Message({TEXT: "hij kreeg een contactverbod maar staat toch voor de deur", HEARD: {"role": role}})
    message.set("intent_ranking", [{"name": "contact_ban_huisverbod", "confidence": 0.8}])
    message.set(INTENT, {"name": "vertelt", "confidence": 0.8})
    NamedStep(0.4).process([message], None)
    assert message.get(INTENT)["name"] == name


def test_an_answer_to_the_last_question_stays_one():
    message = Message(
        {TEXT: "een huisverbod", "intent_ranking": [{"name": "contact_ban_huisverbod", "confidence": 0.8}]}
    )
    message.set(INTENT, {"name": "verbod_huisverbod_anders", "confidence": 1.0})
    NamedStep(0.4).process([message], None)
    assert message.get(INTENT)["name"] == "verbod_huisverbod_anders"
