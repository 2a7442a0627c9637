"""Who tells it: a danger is not answered as if the person who types were violent, when it is somebody else."""

import pytest
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.content import load
from bot.nlu.change_talk import HEARD
from bot.nlu.contact import seeks_contact
from bot.nlu.context import SAFETY, held_others
from bot.nlu.risk_classifier import RISK
from bot.nlu.safety import SafetyScreen
from bot.nlu.teller import STEP_OF, Told, goes_both_ways, heard_role, told_by
from bot.safety import Screening, load_engine
from bot.told import ROLES

CONTENT = load()


def talk(*events, role: str | None = None) -> DialogueStateTracker:
    tracker = DialogueStateTracker("x", [TextSlot("role", [], influence_conversation=False)])
    if role:
        tracker.update(SlotSet("role", role))
    for event in events:
        tracker.update(event)
    return tracker


def said(step: str) -> BotUttered:
    return BotUttered("...", metadata={"utter_action": f"utter_{step}", "wording": f"{step}/variations/0"})


def typed(text: str, **seen) -> UserUttered:
    return UserUttered(text, parse_data={"text": text, SAFETY: seen})


def decided(text: str, tracker: DialogueStateTracker | None = None, intent: str = "vertelt", **heard: str) -> Message:
    message = Message({TEXT: text, HEARD: heard, RISK: {}, "intent_ranking": []})
    message.set(INTENT, {"name": intent, "confidence": 0.9})
    SafetyScreen().process([message], tracker)
    return message


def marks(message: Message) -> dict:
    return {e["entity"]: e["value"] for e in message.get("entities")}


def told(role: str, kinds: list[str], text: str, remembered: str | None = None, unsure: bool = False) -> Told:
    return told_by(role, remembered, kinds, text, load_engine().screen(text), unsure)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hij slaat mij met een mes", "violence_now"),
        ("mijn ex volgt me al weken", "stalking"),
        ("hij zegt dat hij ons wat aandoet", "threat_to_others"),
        ("papa heeft een mes en schreeuwt tegen ons", "weapon"),
        ("mijn man wil ons meenemen de dood in", "homicide_suicide"),
    ],
)
def test_to_who_bears_it_the_violence_is_not_the_own_deed(text, kind):
    assert told("slachtoffer", [kind], text).kinds[0] == "victim"
    assert (
        told("zelf", [kind], text.replace("mij", "haar")).kinds[0] == kind or kind in load_engine().screen(text).kinds
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ze slaat mij, ik ga haar vermoorden", "threat_to_others"),
        ("mijn handen jeuken als ze zo doet", "losing_control"),
        ("heb mes in mijn hand ze is boven", "weapon"),
        ("ga ze allemaal meenemen de dood in", "homicide_suicide"),
        ("ik heb mijn broer geslagen omdat hij mijn zus sloeg", "violence_now"),
        ("als ze me nog 1x slaat maak ik haar af", "threat_to_others"),
    ],
)
@pytest.mark.parametrize("role", ["slachtoffer", "omstander"])
def test_what_the_person_may_do_is_never_taken_for_what_another_does(role, text, kind):
    found = told(role, [kind], text, remembered="slachtoffer")
    assert found.kinds[0] == kind
    assert not found.others


def test_a_child_who_sees_it_is_no_parent_of_a_shaken_baby():
    assert told("omstander", ["violence_now", "child_in_danger"], "mijn pa slaat mijn ma").others
    assert not told("omstander", ["child_in_danger"], "mijn zus schudt haar baby").others


@pytest.mark.parametrize("kind", ["suicide", "strangulation", "sexual_violence", "honour"])
def test_a_kind_whose_reply_has_what_must_be_said_comes_first(kind):
    assert told("slachtoffer", [kind], "hij doet dat met mij").kinds[0] == kind
    found = told("omstander", ["violence_now", kind], "hij doet dat met haar")
    assert not found.others
    assert found.kinds[0] == kind or kind == "suicide"


def test_a_victim_on_a_guess_is_asked_about_danger_and_told_nothing():
    assert told("none", ["victim", "stalking"], "mijn ex heeft mij overal geblokt") == (
        ["stalking", "victim"],
        False,
        True,
    )
    assert told("none", ["victim"], "hij kijkt zo").unsure


def test_a_victim_whose_rage_only_the_classifier_suspects_is_asked_about_either():
    assert told("none", ["losing_control"], "ik weet niet wat ik moet doen", remembered="slachtoffer").unsure
    assert not told("none", ["threat_to_others"], "ik ga haar vermoorden", remembered="slachtoffer").unsure
    assert not told("none", ["losing_control"], "ik weet niet wat ik moet doen").unsure


def test_what_happens_between_others_is_told_by_an_onlooker():
    assert told("omstander", ["violence_now"], "mijn broer slaat zijn vrouw").others
    assert told("hulpverlener", ["threat_to_others"], "een client bedreigt zijn ex").others
    assert told(
        "hulpverlener", ["child_in_danger"], "ik ben jeugdwerker, een meisje vertelt van thuis", unsure=True
    ).others
    assert not told("omstander", ["violence_now", "suicide"], "hij slaat haar en wil dood", unsure=True).others
    assert not told("zelf", ["violence_now"], "hij slaat haar").others
    assert not told("omstander", [], "hij slaat haar").others


@pytest.mark.parametrize("text", ["hij slaat mij en mijn zus", "papa slaat mama en mij ook"])
def test_who_is_hit_too_is_no_onlooker(text):
    found = told("omstander", ["violence_now", "victim"], text)
    assert (found.kinds[0], found.others) == ("victim", False)


def test_a_blow_by_another_is_answered_to_who_was_hit():
    message = decided("mijn man heeft me geslagen", role="slachtoffer")
    assert (message.get(SAFETY)["level"], message.get(SAFETY)["kinds"][0]) == ("urgent", "victim")
    assert marks(message)["role"] == "slachtoffer"


def test_a_blow_between_others_is_answered_to_who_saw_it():
    message = decided("mijn broer heeft zijn vrouw geslagen", role="omstander")
    assert message.get(SAFETY)["others"]
    assert marks(message)["role"] == "omstander"
    assert "others" not in decided("ik heb mijn vrouw geslagen", role="zelf").get(SAFETY)


def test_an_open_danger_keeps_whose_it_is():
    own = typed("ik heb haar geslagen", level="urgent", kinds=["violence_now"])
    assert "others" not in decided("mijn moeder weet ervan", talk(own), role="omstander").get(SAFETY)
    of_sister = typed("hij slaat mijn zus", level="urgent", kinds=["violence_now"], others=True)
    assert decided("ja gisteren", talk(of_sister)).get(SAFETY)["others"]


def test_an_onlooker_says_yes_and_it_is_acute():
    seen = typed("hij slaat mijn zus", level="urgent", kinds=["violence_now"], others=True)
    step = CONTENT.steps["safety_urgent_omstander"]
    yes, no = (next(b.to for b in step.buttons if b.answer == answer) for answer in ("ja", "nee"))
    assert CONTENT.steps[yes].screening().level == "acute"
    after = UserUttered(
        f"/{yes}", parse_data={"text": f"/{yes}", SAFETY: {"level": "acute", "kinds": [], "reply": yes}}
    )
    held = decided("ze is thuis", talk(seen, said("safety_urgent_omstander"), after)).get(SAFETY)
    assert (held["level"], held["others"]) == ("concern", True)
    assert no.startswith("veilig_")  # the danger stays open after it


@pytest.mark.parametrize("role", STEP_OF)
def test_who_is_not_the_one_who_hits_is_led_to_what_is_written_for_them_and_then_heard(role):
    text = "mijn broer is niet aardig voor zijn vrouw"
    assert decided(text, role=role).get(INTENT)["name"] == STEP_OF[role]
    led = talk(typed("..."), said(STEP_OF[role]))
    assert decided(text, led, role=role).get(INTENT)["name"] == "naasten_gehoord"
    assert STEP_OF[role] in CONTENT.steps
    assert role in ROLES


@pytest.mark.parametrize(
    "intent", ["stop_goodbye", "thanks", "give_number", "talk_to_human", "verder", "verbod_huisverbod"]
)
def test_a_goodbye_a_number_a_wish_or_a_question_about_help_comes_first(intent):
    message = decided("mijn broer slaat zijn vrouw niet meer", intent=intent, role="omstander", moment="contact")
    assert message.get(INTENT)["name"] == intent


def test_contact_with_the_other_comes_before_a_theme_and_switches_careful_mode_on():
    message = decided("ik ga gewoon even langs", intent="remorse", moment="contact")
    assert message.get(INTENT)["name"] == "moment_contact"
    assert marks(message)["careful"]


def test_after_a_danger_that_is_open_nothing_is_said_of_contact():
    danger = typed("ik ga haar wat aandoen", level="acute", kinds=["threat_to_others"])
    message = decided("als ze terugkomt zal ze het weten dan", talk(danger), moment="contact")
    assert message.get(INTENT)["name"] != "moment_contact"


def test_who_insists_on_contact_hears_again_to_stay_away():
    tracker = talk(typed("mag ik terug appen"), said("moment_contact"))
    assert decided("ik ga gewoon ff langs", tracker).get(INTENT)["name"] == "moment_contact"


def test_who_goes_home_under_a_ban_hears_to_stay_away():
    known = {"verbod_huisverbod"}
    assert seeks_contact("ik ga gewoon vanavond, het is mijn eigen huis", "none", "none", None, known)
    assert not seeks_contact("ik ga gewoon vanavond sporten", "none", "none", None, {"breakup_contact"})
    assert not seeks_contact("ik ga vanavond naar mijn broer", "none", "none", None, known)


def test_who_is_followed_is_not_told_to_stay_away():
    message = decided("mijn ex blijft mij maar appen", moment="contact", role="slachtoffer")
    assert message.get(INTENT)["name"] == "naasten_partner"
    assert marks(message)["moment"] == "none"  # which the action would answer
    assert "careful" not in marks(message)


@pytest.mark.parametrize(
    ("text", "seeks"),
    [
        ("kan het niet laten ik ga naar haar toe", True),
        ("ik bel haar gewoon", True),
        ("gewoon een appje, dat is toch niet erg", True),
        ("ik wacht haar op bij haar werk", True),
        ("hij stuurt me de hele dag berichten", False),
        ("ik kreeg een brief van de rechtbank over de kinderen", False),
        ("hij schreef terug blijf zitten man ik neem soep mee", False),
        ("ik stuur haar niks meer", False),
        ("ik ga langs de huisarts morgen", False),
        ("ik zou hem kunnen schrijven en niet versturen", False),
    ],
)
def test_after_a_ban_going_by_or_writing_is_contact(text, seeks):
    assert seeks_contact(text, "none", "none", None, {"verbod_contact"}) is seeks
    assert not seeks_contact(text, "none", "none", None, set())


def test_a_call_keeps_a_danger_between_others_what_it_is():
    sister = typed("hij slaat mijn zus", level="acute", kinds=["violence_now"], others=True)
    call = UserUttered("/veilig_bel_nu", parse_data={SAFETY: {"level": "none", "kinds": [], "reply": "veilig_bel_nu"}})
    mine = UserUttered(
        "/veilig_over_mij", parse_data={SAFETY: {"level": "none", "kinds": [], "reply": "veilig_over_mij"}}
    )
    assert held_others(talk(sister, call))
    assert not held_others(talk(sister, mine))


def test_after_a_danger_to_life_the_answer_has_the_line_for_it():
    danger = typed("ik neem ons allemaal mee", level="acute", kinds=["homicide_suicide"])
    seen = decided("gewoon op de bank", talk(danger, said("veilig_geen_gevaar")), intent="veilig_gehoord").get(SAFETY)
    assert "reply" not in seen  # the question about it comes again
    for text in CONTENT.steps["drempel_gehoord"].variations:
        assert "[[113]]" in text


def test_a_request_to_find_somebody_is_declined_though_it_is_about_contact():
    message = Message({TEXT: "wat is haar nieuwe adres", HEARD: {"moment": "contact"}, "intent_ranking": []})
    message.set(RISK, {"misuse": "find_person", "misuse_sure": False})
    message.set(INTENT, {"name": "breakup_contact", "confidence": 0.9})
    SafetyScreen().process([message], None)
    assert message.get(SAFETY)["refusal"] == "weiger_anders"


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ("suicide_alleen", "suicide_gehoord"),
        ("veilig_durf_niet", "drempel_gehoord"),
        ("veilig_geen_gevaar", "veilig_gehoord"),
    ],
)
def test_an_answer_to_a_question_after_a_danger_is_taken_up_and_the_danger_stays_open(before, step):
    danger = typed("ik ga haar wat aandoen", level="acute", kinds=["threat_to_others"])
    seen = decided("mijn moeder misschien", talk(danger, said(before)), intent=step).get(SAFETY)
    assert (seen["reply"], seen["held"]) == (step, True)
    for text in CONTENT.steps[step].variations:
        assert "[[noodnummer" in text or "[[113" in text


def test_a_danger_in_that_answer_comes_first():
    danger = typed("ik wil niet meer", level="acute", kinds=["suicide"])
    seen = decided("ik ga haar vermoorden", talk(danger, said("suicide_alleen")), intent="suicide_gehoord").get(SAFETY)
    assert seen["level"] in ("urgent", "acute")
    assert "reply" not in seen


@pytest.mark.parametrize("step", ["contact_ban_huisverbod", "breakup_contact", "verbod_contact"])
def test_who_was_told_of_a_ban_or_a_break_up_and_wants_to_go_by_hears_to_stay_away(step):
    tracker = talk(typed("..."), said(step))
    text = "ik ga ff langs om sorry te zeggen"
    assert decided(text, tracker, intent="remorse").get(INTENT)["name"] == "moment_contact"
    assert decided(text, intent="remorse").get(INTENT)["name"] == "remorse"
    assert decided("ik ga langs de huisarts morgen", tracker, intent="remorse").get(INTENT)["name"] == "remorse"
    assert decided("ik stuur haar niks meer", tracker, intent="remorse").get(INTENT)["name"] == "remorse"


def test_who_was_hit_before_and_tells_on_is_answered_as_who_bears_it():
    assert told("none", ["victim"], "hij is nu boven", remembered="slachtoffer", unsure=True) == Told(
        ["victim"], False, False
    )
    assert told("none", ["victim"], "hij is nu boven", unsure=True).unsure
    assert told("none", ["violence_now"], "nu is hij aan de beurt", remembered="slachtoffer", unsure=True).unsure


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("mijn vrouw slaat mij ook he", True),
        ("wij slaan elkaar", True),
        ("ze geeft mij ook klappen", True),
        ("ze slaat terug als ik haar sla", False),
        ("ik sloeg haar en ik sloeg ook tegen haar hoofd", False),
        ("ik sloeg haar, mijn vader sloeg mij ook altijd", False),
        ("zij heeft mij ook geslagen", True),
        ("ze slaat ook de kinderen", False),
        ("ik heb haar ook nog geduwd", False),
    ],
)
def test_who_hits_and_is_hit_too_hears_that_both_count(text, both):
    assert goes_both_ways(text, "zelf", None, ["violence_now"]) is both
    assert goes_both_ways(text, "none", "zelf", ["victim"]) is both
    assert not goes_both_ways(text, "none", "slachtoffer", ["victim"])
    assert not goes_both_ways(text, "slachtoffer", None, ["victim"])
    assert not goes_both_ways(text, "omstander", "zelf", ["violence_now"])


def test_an_onlooker_is_not_answered_as_the_one_who_drinks():
    before = talk(typed("mijn broer slaat zijn vrouw"), said("naasten_omstander"), role="omstander")
    assert (
        decided("mijn broer drinkt ook veel", before, intent="alcohol_drugs").get(INTENT)["name"] == "naasten_gehoord"
    )
    assert decided("is dit anoniem", before, intent="privacy_anonymity").get(INTENT)["name"] == "privacy_anonymity"
    own = decided("ik drink zelf ook te veel, en dan word ik naar", before, intent="alcohol_drugs", role="zelf")
    assert own.get(INTENT)["name"] == "alcohol_drugs"


def test_a_step_with_the_lines_answers_where_a_danger_is_only_suspected():
    def answer(step: str, text: str, **risk) -> dict:
        message = Message({TEXT: text, HEARD: {}, RISK: risk, "intent_ranking": []})
        message.set(INTENT, {"name": step, "confidence": 0.9})
        SafetyScreen().process([message], None)
        return message.get(SAFETY)

    between, child = ("naasten_ertussen", "moet ik ertussen gaan staan"), ("naasten_kind", "ik ben 14")
    assert answer(*between, level="concern", kinds=["violence_now"])["reply"] == "naasten_ertussen"
    assert answer(*between, level="acute", kinds=["violence_now"], kind_sure=True)["reply"] == "naasten_ertussen"
    assert "reply" not in answer(
        "naasten_ertussen", "hij heeft een mes en slaat haar, moet ik ertussen", level="none", kinds=[]
    )
    assert answer(*child, level="urgent", kinds=["violence_now"])["reply"] == "naasten_kind"
    assert "reply" not in answer(*child, level="urgent", kinds=["violence_now"], kind_sure=True)
    assert "reply" not in answer(*child, level="acute", kinds=["violence_now"])
    assert "reply" not in answer(*child, level="concern", kinds=["suicide"])
    assert "reply" not in answer(*child, level="concern", kinds=["sexual_child"])


def test_who_was_told_of_a_ban_or_a_charge_is_not_taken_for_who_bears_it():
    accused = "ze heeft een contactverbod tegen mij aangevraagd, zij kleineert mij al jaren"
    assert "role" not in marks(decided(accused, role="slachtoffer"))
    assert marks(decided("hij kleineert mij al jaren", role="slachtoffer"))["role"] == "slachtoffer"


def test_who_told_of_own_violence_stays_known_as_such():
    before = talk(typed("ik sla haar soms"), said("menu"), role="zelf")
    message = decided("ze kleineert mij ook", before, role="slachtoffer")
    assert "role" not in marks(message)
    assert message.get(INTENT)["name"] == "vertelt"


def test_who_was_taken_for_an_onlooker_and_speaks_of_the_own_doing_is_heard():
    before = talk(typed("mijn broer slaat zijn vrouw"), said("naasten_omstander"), role="omstander")
    assert decided("ik schaam me voor wat ik zelf deed", before, intent="remorse").get(INTENT)["name"] == "remorse"


def test_a_sister_tells_on_and_is_still_a_sister():
    assert told("none", ["violence_now"], "vorige week had ze een blauw oog", remembered="omstander").others
    assert not told("none", ["violence_now"], "ik gaf haar een blauw oog", remembered="omstander").others
    assert not told_by("none", "omstander", ["violence_now"], "ze ligt op de grond", Screening(), False, "acute").others


@pytest.mark.parametrize(
    ("text", "role", "heard"),
    [
        ("ik ben maatschappelijk werker. een client van mij slaat zijn partner", "slachtoffer", "hulpverlener"),
        ("ze krijgt klappen van mij", "omstander", "omstander"),
        ("help me", "slachtoffer", "none"),
    ],
)
def test_who_says_what_their_work_is_is_believed(text, role, heard):
    assert heard_role(text, role) == heard


def test_who_works_with_somebody_is_not_taken_for_them():
    text = "ik ben maatschappelijk werker. een client van mij slaat zijn partner"
    assert told("hulpverlener", ["victim", "violence_now"], text).others


def test_an_onlooker_who_tells_on_without_an_ik_has_not_become_the_one_who_hits():
    assert heard_role("vorige week had ze een blauw oog", "zelf", "omstander") == "none"
    assert heard_role("ik gaf haar een blauw oog", "zelf", "omstander") == "zelf"
    assert heard_role("vorige week had ze een blauw oog", "zelf") == "zelf"


def test_blows_that_somebody_gets_from_me_are_my_own():
    assert not told("omstander", ["threat_to_others"], "haar nieuwe vriend krijgt klappen van mij").others


def test_who_says_that_the_other_hits_too_and_nothing_else_is_spoken_to_as_neither():
    message = decided("mijn man slaat mij ook", role="slachtoffer")
    assert message.get(SAFETY)["unsure"]
    assert "both" not in message.get(SAFETY)
    assert "role" not in marks(message)


def test_asking_the_trainer_is_no_contact_with_the_other():
    assert seeks_contact("ik app haar morgen", "contact", "none", None, set())
    assert not seeks_contact("ik app de trainer of hij vrijdag tijd heeft", "contact", "none", None, set())


@pytest.mark.parametrize(
    "text",
    [
        "hij begint weg te duiken als ik gewoon mijn arm uitsteek",
        "mijn zoon is bang voor mij",
        "ze schrikt al als ik binnenkom",
    ],
)
def test_who_tells_that_the_other_is_afraid_of_him_is_no_victim(text):
    assert heard_role(text, "slachtoffer") == "none"


@pytest.mark.parametrize(
    "text", ["ik ben bang voor hem", "hij schrikt als ik gil en slaat dan", "ik krimp ineen als hij komt"]
)
def test_who_is_afraid_or_is_hit_stays_a_victim(text):
    assert heard_role(text, "slachtoffer") == "slachtoffer"
