"""Rasa inside this process: the agent with our stores, its actions run here, its work done in a thread of its own.

Rasa fails open in many ways (a wrong store class becomes an unbounded one, a missing model an empty answer), so what was
asked for is asserted at start. Rasa computes on the thread that calls it; in its own thread it cannot hold up the door, and
whoever waits can stop waiting.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.lock_store import LockStore
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from redis import RedisError

from bot.help import places
from bot.nlg import FreshReplies
from bot.nlu.ahead import encoded_ahead
from bot.nlu.dutch import pipeline_in_use
from bot.nlu.encoder import Encoder, load_encoder
from bot.nlu.sentence_encoder import SentenceEncoder
from bot.privacy.tracker_store import SWEEP_SECONDS, ForgettingTrackerStore, Shelf
from bot.shared.lock_store import OwnLockStore
from bot.themes.broker import ThemeBroker
from bot.training import trained_with

ACTION_SECONDS = 2.0
FIRST_MESSAGE = "hallo"
WARM_SECONDS = 30.0
logger = logging.getLogger(__name__)


class ModelError(RuntimeError):
    """The model cannot be used; the message says what to do."""


class InProcessActions(EndpointConfig):
    """Runs the custom actions of `actions/` in this process: no server, no second copy of a conversation on the wire."""

    def __init__(self) -> None:
        super().__init__(url="in-process")
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(
        self, method: str = "post", subpath: str | None = None, content_type: str | None = None, **kwargs: Any
    ) -> Any:
        """Run the action Rasa asks for.

        Raises:
            asyncio.TimeoutError: it took longer than `ACTION_SECONDS`.
        """
        return await asyncio.wait_for(self._executor.run(kwargs["json"]), ACTION_SECONDS)


def load_agent(
    model: Path,
    broker: ThemeBroker | None = None,
    shelf: Shelf | None = None,
    locks: LockStore | None = None,
) -> Agent:
    """Load the model with this project's parts around it.

    Args:
        model: the file that `python -m bot train` made.
        broker: what counts themes; None counts nothing.
        shelf: where conversations are kept; in this process, for half an hour, when None.
        locks: whose turn it is in a conversation; those of this process when None.

    Raises:
        ModelError: there is no model, it cannot be read, or it was trained with another Dutch pipeline.
    """
    if not model.is_file():
        raise ModelError(f"There is no model at {model}. Make one: make train")
    trained = trained_with(model)
    if trained and trained != pipeline_in_use():
        raise ModelError(
            f"The model was trained with the Dutch pipeline {trained!r}, but {pipeline_in_use()!r} is installed. "
            "Train again: make train"
        )
    try:
        agent = Agent.load(
            str(model),
            generator=FreshReplies(),
            tracker_store=ForgettingTrackerStore(event_broker=broker, shelf=shelf),
            lock_store=locks or OwnLockStore(),
            action_endpoint=InProcessActions(),
        )
    except Exception as error:
        raise ModelError(
            f"The model at {model} cannot be read ({type(error).__name__}). Train again: make train"
        ) from error
    if _store(agent).event_broker is not broker:
        raise ModelError("Rasa does not use the event broker that counts themes")
    places.prepare()
    if not agent.is_ready() or not isinstance(agent.nlg, FreshReplies):
        raise ModelError(f"The model at {model} holds no dialogue. Train again: make train")
    return agent


class RasaThread:
    """The agent in a thread of its own, with the same `handle_message` that Rasa's channels call."""

    def __init__(self, agent: Agent, tend: Callable[[], None] = lambda: None) -> None:
        """Start the thread.

        Args:
            agent: Rasa's.
            tend: what else is to be done every half minute.
        """
        self.agent, self._tend = agent, tend
        self._encoder = _encoder(agent)
        self._loop = asyncio.new_event_loop()
        self._warm = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rasa", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        tasks = [self._loop.create_task(work()) for work in (self._warm_up, self._forget_regularly)]
        self._loop.run_forever()
        for task in tasks:
            task.cancel()

    async def _warm_up(self) -> None:
        """Answer one message of nobody: what is built at the first must not take the time of the first person."""
        key = secrets.token_hex(8)
        try:
            await self.agent.handle_message(UserMessage(FIRST_MESSAGE, CollectingOutputChannel(), key))
            await self._drop(key)
        except Exception as error:  # whatever is wrong, the channel answers each person all the same
            logger.error("a first message could not be answered (%s)", type(error).__name__)
        finally:
            self._warm.set()

    def wait_until_warm(self) -> None:
        """Wait until the message of nobody is answered, at most `WARM_SECONDS`."""
        self._warm.wait(WARM_SECONDS)

    async def _forget_regularly(self) -> None:
        """Drop what has expired, also when nobody types."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            if broker := self._broker():
                broker.sweep()
            try:
                _store(self.agent).sweep()
                self._tend()
            except RedisError as error:
                logger.error("Redis did not answer (%s)", type(error).__name__)

    async def call(self, work: Callable[[], Awaitable[Any]], unawaited: bool = True) -> Any:
        """Await `work()` in Rasa's thread. Being cancelled here stops the waiting, not a computation under way.

        Args:
            work: what to do.
            unawaited: whether to begin it also when nobody waits for it any more.
        """
        waited_for = True

        async def run() -> Any:
            if waited_for or unawaited:
                return await work()

        try:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(run(), self._loop))
        finally:
            waited_for = False

    async def handle_message(self, message: UserMessage) -> None:
        """Let Rasa answer a message on its output channel.

        One that nobody waits for any more is not begun: with more messages than can be answered it would hold up the others.
        """
        if message.parse_data:  # a button, a number, a menu word
            await self.call(lambda: self.agent.handle_message(message), unawaited=False)
            return
        async with encoded_ahead(message.text, self._encoder):
            await self.call(lambda: self.agent.handle_message(message), unawaited=False)

    async def forget(self, key: str) -> None:
        """Forget a conversation now, and what was to be counted of it."""

        async def forget() -> None:
            async with self.agent.lock_store.lock(key):  # a turn under way would save it again
                await self._drop(key)

        await self.call(forget)

    async def _drop(self, key: str) -> None:
        await _store(self.agent).delete(key)
        if broker := self._broker():
            broker.drop(key)

    def _broker(self) -> ThemeBroker | None:
        broker: ThemeBroker | None = _store(self.agent).event_broker
        return broker

    def parts(self) -> dict[str, str]:
        """What is in use, for `/health`."""
        return {
            "model": str(self.agent.model_name),
            "dutch": pipeline_in_use(),
            "encoder": self._encoder.name if self._encoder else "geen: alleen n-grammen en regels",
        }

    def stop(self) -> None:
        """End the thread, and write what is to be counted."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        if broker := self._broker():
            broker.stop()


class NoModel:
    """In the place of Rasa when there is no model: the door stays open, and every message gets the static answer."""

    async def handle_message(self, message: UserMessage) -> None:
        """There is nobody to answer.

        Raises:
            ModelError: always.
        """
        raise ModelError("There is no model.")

    async def forget(self, key: str) -> None:
        """Nothing was remembered."""

    def parts(self) -> dict[str, str]:
        """What is in use."""
        return {"model": "none", "dutch": "none", "encoder": "none"}

    def stop(self) -> None:
        """Nothing to stop."""


def _encoder(agent: Agent) -> Encoder | None:
    """The encoder of the model's pipeline."""
    metadata = agent.processor.model_metadata if agent.processor else None
    nodes = metadata.predict_schema.nodes.values() if metadata else ()
    configs = [node.config for node in nodes if node.uses is SentenceEncoder]
    return load_encoder(configs[0].get("folder")) if configs else None


def _store(agent: Agent) -> ForgettingTrackerStore:
    """The tracker store, out of the wrapper that Rasa puts around it."""
    store = agent.tracker_store
    inner = getattr(store, "_tracker_store", store)
    if not isinstance(inner, ForgettingTrackerStore):
        raise ModelError(f"Rasa uses the tracker store {type(inner).__name__} instead of ours")
    return inner
