"""Short answers are read whole: a yes inside a sentence is not an answer."""

import pytest
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.chat_dutch import normalise
from bot.nlu.last_question import (
    asks_back,
    asks_simpler,
    chosen_button,
    confirms,
    denies,
    may_type,
    number,
    number_in,
    number_with_reason,
    short_answer,
    titled,
    will_call,
)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("ja", "ja"),
        ("Jaaa!", "ja"),
        ("doe maar", "ja"),
        ("nee joh", "nee"),
        ("Neeeee", "nee"),
        ("mwah", "weet_niet"),
        ("geen idee...", "weet_niet"),
        ("leg het makkelijker uit", "makkelijker"),
        ("waar waren we?", "verder"),
        ("ja kan wel hoor", "ja"),
        ("ja is veilig nu", "ja"),
        ("nee gaat wel", "nee"),
        ("ja kan niet", None),
        ("ja maar zij begon", None),
        ("nee ik sla haar niet", None),
        ("", None),
    ],
)
def test_yes_no_and_dont_know(typed, answer):
    assert short_answer(normalise(typed)) == answer


@pytest.mark.parametrize(
    ("typed", "asks"),
    [
        ("kan je da makkelijker zeggen", True),
        ("kunt ge da is simpeler uitleggen", True),
        ("iets eenvoudiger aub", True),
        ("in gewone woorden graag", True),
        ("het wordt er niet makkelijker op", False),
        ("weggaan is makkelijker dan uitleggen", False),
        ("vroeger was alles simpeler", False),
        ("ik praat makkelijker met een vrouw", False),
        ("praten gaat makkelijker met drank op", False),
        ("alles zou makkelijker zijn, ik wil er uit", False),
        ("zo ga ik makkelijker uit mijn dak", False),
    ],
)
def test_a_wish_for_simpler_words_is_heard_in_other_words_too(typed, asks):
    assert asks_simpler(normalise(typed)) is asks


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("7", 7),
        ("een zeven", 7),
        ("7/10", 7),
        ("toch wel een 6", 6),
        ("tien", 10),
        ("0", 0),
        ("nul", 0),
        ("een 8 denk ik", 8),
        ("een 6 ofzo", 6),
        ("nou ja een 4 dan", 4),
        ("5 of 6", 5),
        ("11", None),
        ("112", None),
        ("113", None),
        ("ik heb 2 kinderen", None),
        ("zeven jaar geleden", None),
    ],
)
def test_numbers_from_nought_to_ten(typed, value):
    assert number(normalise(typed)) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("oke een 5 dan. omdat ik het ook niet leuk vind dat hij huilt", 5),
        ("een 2. en die 2 is alleen omdat ik van dat gedoe af wil", 2),
        ("Dat vind ik een kinderachtige methode. Maar vooruit, een vier.", 4),
        ("een acht, voor de kinderen", 8),
        ("ik heb twee kinderen", None),
        ("mwah", None),
    ],
)
def test_a_number_with_a_reason_answers_a_ruler(typed, value):
    assert number_in(normalise(typed)) == value


BUTTONS = [
    {"title": "Ja, ik ga nu", "payload": "/nu_weg", "answer": "ja"},
    {"title": "Nee, dat kan niet", "payload": "/nu_blijven", "answer": "nee"},
    {"title": "Nummers om te bellen", "payload": "/lijnen"},
]


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("ja", "/nu_weg"),
        ("nope", "/nu_blijven"),
        ("numers om te bellen", "/lijnen"),
        ("weet niet", None),
        ("ik ga nu slapen", None),
    ],
)
def test_a_typed_answer_chooses_a_button(typed, payload):
    assert chosen_button(normalise(typed), BUTTONS) == payload


def test_one_letter_does_not_turn_a_danger_into_none():
    buttons = [{"title": "Nee, er is geen gevaar", "payload": "/veilig_geen_gevaar", "answer": "nee"}]
    assert chosen_button(normalise("nee er is geen gevar"), buttons) == "/veilig_geen_gevaar"
    assert chosen_button(normalise("nee, er is een gevaar"), buttons) is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ja ik heb een plan", "Heb je een plan?"),
        ("denk het wel ja", ""),
        ("ja soms", ""),
        ("ja vanavond", "Wil je dood?"),
        ("ja hij zit in de zetel", "Zijn jullie nu samen in huis?"),
        ("ja, de kinderen slapen boven", "Zijn er nu kinderen bij?"),
    ],
)
def test_a_yes_to_a_question_about_danger_may_have_words_around_it(text, asked):
    assert confirms(text, asked)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ja ik heb een mes", "Heb je een plan?"),
        ("nee ik heb een plan", "Heb je een plan?"),
        ("nee wel bang", "Is er nu iemand gewond of bang?"),
        ("nee, morgen", "Ben je van plan er vandaag heen te gaan?"),
        ("nee, voor een ander", "Heb je een plan voor jezelf en een ander?"),
        ("ja ze is bij haar moeder", "Zijn jullie nu samen in huis?"),
        ("ja hij zit in de gevangenis", "Zijn jullie nu samen in huis?"),
        ("ja ze is naar haar moeder", "Is de ander nu bij je?"),
        ("ja hij zit in de zetel", "Heb je een plan?"),
        ("nee loopt wel op", "Ben je nu alleen met het kind, en loopt het op?"),
    ],
)
def test_a_no_with_words_around_it_closes_no_question_about_danger(text, asked):
    assert short_answer(text) is None
    assert not confirms(text, asked)


def test_such_a_yes_counts_only_where_a_yes_tells_of_danger():
    danger = [{"title": "Ja", "payload": "/suicide_plan_ja", "answer": "ja"}]
    safe = [{"title": "Ja", "payload": "/menu", "answer": "ja"}]
    assert chosen_button("ja soms", danger, "Heb je een plan?") == "/suicide_plan_ja"
    assert chosen_button("ja soms", safe, "Ben je nu veilig?") is None


@pytest.mark.parametrize(
    "text",
    [
        "middag. ja kan",
        "hii ja kan typen, huisgenoten zijn naar de kroeg",
        "ja. iedereen slaapt",
        "ik zit alleen in de auto",
    ],
)
def test_who_tells_that_it_is_safe_to_type_is_believed(text):
    assert may_type(normalise(text))


@pytest.mark.parametrize(
    "text", ["nee hij zit hiernaast", "ja maar hij komt zo", "ja ik heb haar geslagen", "is dit veilig?"]
)
def test_who_tells_more_than_that_is_heard(text):
    assert not may_type(normalise(text))


@pytest.mark.parametrize(
    "typed",
    [
        "nee ik doe niks, mijn moeder zit beneden",
        "Neee er is geen gevaar hoor",
        "nee joh alles is rustig",
        "nee ik ga haar niks doen",
        "nee hij is weg, naar zijn broer",
        "neen 't is hier veilig",
        "nee man ik ben alleen thuis",
        "er is geen gevaar",
        "hoezo, er is niks aan de hand hoor",
    ],
)
def test_a_no_in_own_words_to_a_question_about_danger(typed):
    assert denies(normalise(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "nee ik ben hier niet veilig",
        "nee ik doe het toch",
        "nee ik ben alleen met de baby",
        "nee ik ben alleen thuis met de baby",
        "nee ik ben alleen bij haar voor de deur",
        "nee ik ben alleen nog kwaad",
        "nee ik heb alles al klaarliggen",
        "nee help me",
        "nee ze reageert nergens op",
        "nee hij komt boven",
        "nee het is al te laat",
        "nee alleen ik ben in gevaar",
        "nee jawel",
        "nee ik ben bang",
        "nee maar als ze straks thuiskomt",
        "nee ik doe niks maar straks wel",
        "nee?",
        "ne vriend van mij is hier",
        "ze zei nee",
    ],
)
def test_what_begins_with_no_is_no_answer_when_it_says_something_else(typed):
    assert not denies(normalise(typed))


@pytest.mark.parametrize(
    ("typed", "says_no"),
    [
        ("nee bellen durf ik echt niet", True),
        ("nee dat lukt me niet", True),
        ("nee hij is weg", False),
        ("nee er is niemand bij me", False),
    ],
)
def test_a_no_to_the_question_about_calling_speaks_of_calling(typed, says_no):
    assert denies(normalise(typed), calling=True) is says_no


@pytest.mark.parametrize(
    ("typed", "does"),
    [
        ("wa bedoel je", True),
        ("hoezo vraag je dat", True),
        ("Huh??", True),
        ("snap ik nie.", True),
        ("amai, hoe komt ge daarbij", True),
        ("waarom stel je die vraag", True),
        ("waarom moet ik bellen", False),
        ("wat is dat voor nummer", False),
        ("hoezo, ze heeft er zelf om gevraagd", False),
        ("waarom moet uitgerekend ik bellen", False),
        ("ik snap niet waarom ze weg is", False),
        ("wat bedoel je met veilig thuis", False),
    ],
)
def test_who_asks_what_the_bot_means_is_no_story(typed, does):
    assert asks_back(normalise(typed)) is does


@pytest.mark.parametrize(
    ("typed", "does"),
    [
        ("oke een 5 dan. omdat ik het ook niet leuk vind dat hij huilt", True),
        ("3 ofzo. nee doe maar 5, om me dochter", True),
        ("een 8, want mijn zoon ziet alles", True),
        ("een zeven", False),
        ("4, 7 en 9", False),
        ("twee, en de jongste slaapt slecht", False),
        ("een en al ellende hier thuis, want ze praat niet", False),
        ("1,5 jaar geleden sloeg ik haar voor het eerst, om niks", False),
        ("1. ik schreeuw 2. ik gooi met spullen", False),
        ("5. niet meer leven", False),
    ],
)
def test_a_number_with_a_reason(typed, does):
    assert number_with_reason(normalise(typed)) is does


@pytest.mark.parametrize(
    ("typed", "calls"),
    [
        ("ok ik bel wel", True),
        ("ga 113 bellen", True),
        ("goed dan bel ik nu", True),
        ("ik bel ze wel", False),
        ("bel 112 dan!", False),
        ("ik ga haar bellen", False),
        ("ik bel niet", False),
        ("durf niet te bellen", False),
        ("ik bel morgen", False),
    ],
)
def test_who_says_to_be_calling_is_heard(typed, calls):
    assert will_call(normalise(typed)) is calls


@pytest.mark.parametrize(
    ("said", "typed", "step"),
    [
        (["plan_start", "plan_timeout"], "wie mij kan helpen", "plan_wie"),
        (["plan_start", "vertelt"], "Wie mij kan helpen.", "plan_wie"),
        (["plan_start", "vertelt", "vertelt", "vertelt", "vertelt"], "wie mij kan helpen", None),
        (["hulp_start"], "wie mij kan helpen", None),
        (["nu_start", "nu_twintig"], "ik weet het niet goed", None),
        (["plan_start"], "ja", None),
    ],
)
def test_a_button_of_the_journey_may_be_named_when_it_is_no_longer_on_the_screen(said, typed, step):
    events = [
        e for name in said for e in (UserUttered("x"), BotUttered("…", metadata={"utter_action": f"utter_{name}"}))
    ]
    assert titled(normalise(typed), DialogueStateTracker.from_events("x", events)) == step
