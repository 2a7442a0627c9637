"""Whatever fails behind the door, the person gets the lines, and the line for the kind when the rules saw a risk."""

import asyncio
import time

import pytest

from bot.agent import NoModel
from bot.channels import answer as answering
from bot.channels.answer import answer

RISK = "ik wil niet meer leven"


async def raises(message):
    raise RuntimeError("Rasa is broken")


async def says_nothing(message):
    return None


async def hangs(message):
    await asyncio.sleep(60)


async def is_cancelled_by_its_own(message):
    raise TimeoutError


FAULTS = [raises, says_nothing, hangs, is_cancelled_by_its_own]


@pytest.fixture
def short_patience(monkeypatch):
    monkeypatch.setattr(answering, "ANSWER_SECONDS", 0.2)


@pytest.mark.usefixtures("short_patience")
@pytest.mark.parametrize("fault", FAULTS)
async def test_the_lines_come_whatever_fails(fault):
    (reply,) = await answer("hallo", "k", "web", fault)
    for line in ("112", "0800-2000", "113", "0800-0113"):
        assert line in reply.text
    assert reply.risk is None


@pytest.mark.usefixtures("short_patience")
@pytest.mark.parametrize("fault", FAULTS)
async def test_the_line_for_the_kind_comes_first(fault):
    (reply,) = await answer(RISK, "k", "web", fault)
    assert reply.text.startswith("Denk je aan de dood? Bel 113 Zelfmoordpreventie: 113 of 0800-0113")
    assert reply.risk == {"level": "urgent", "kinds": ["suicide"]}


async def test_rules_that_break_do_not_silence_the_bot(monkeypatch):
    def broken(text):
        raise ValueError("the lexicon is broken")

    monkeypatch.setattr(answering, "screen", broken)
    (reply,) = await answer(RISK, "k", "web", raises)
    assert "112" in reply.text
    assert "113" in reply.text


async def test_nlu_that_raises_still_gives_the_line(rasa, monkeypatch):
    from bot.nlu.safety import SafetyScreen

    def broken(self, messages, tracker):
        raise ValueError("NLU is broken")

    monkeypatch.setattr(SafetyScreen, "_decide", broken)
    (reply,) = await answer(RISK, "nlu", "web", rasa.handle_message)
    assert reply.text.startswith("Denk je aan de dood?")


async def test_an_action_that_raises_still_gives_the_lines(rasa, monkeypatch):
    monkeypatch.setattr("actions.ruler.band", lambda value: 1 / 0)
    await answer("/ask_importance", "action", "web", rasa.handle_message)
    (reply,) = await answer("7", "action", "web", rasa.handle_message)
    assert "112" in reply.text


async def test_an_acute_risk_starts_with_112():
    (reply,) = await answer("ik heb mijn baby door elkaar geschud", "k", "web", raises)
    assert reply.text.startswith("Bel nu 112")


@pytest.mark.parametrize(
    "sleep", [asyncio.sleep, lambda seconds: asyncio.get_running_loop().run_in_executor(None, time.sleep, seconds)]
)
async def test_an_action_that_hangs_still_gives_the_lines(rasa, monkeypatch, sleep):
    async def hanging(self, request):
        await sleep(1)

    await answer("/ask_importance", "hang", "web", rasa.handle_message)
    monkeypatch.setattr("rasa_sdk.executor.ActionExecutor.run", hanging)
    monkeypatch.setattr(answering, "ANSWER_SECONDS", 0.2)
    (reply,) = await answer("7", "hang", "web", rasa.handle_message)
    assert "112" in reply.text


@pytest.mark.usefixtures("short_patience")
async def test_computing_that_hangs_still_gives_the_line_for_the_kind(rasa, monkeypatch):
    from bot.nlu.safety import SafetyScreen

    monkeypatch.setattr(SafetyScreen, "_decide", lambda self, message, tracker: time.sleep(1))
    (reply,) = await answer(RISK, "computing", "web", rasa.handle_message)
    assert reply.text.startswith("Denk je aan de dood?")


async def test_a_missing_model_gives_the_line_for_the_kind():
    (reply,) = await answer(RISK, "k", "web", NoModel().handle_message)
    assert reply.text.startswith("Denk je aan de dood?")
