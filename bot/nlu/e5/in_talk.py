"""Reads a message beside what was said just before it, with layers that were tuned for that.

"morgen zeg ik het haar" is a step after "wat is je volgende stap?", and a threat by itself. The first layers read both apart;
in the last six the words of the message see those of the other text. What is read is the mean over the words of the message.
Tuned on the lines of talks (`scripts/tune in_talk`, docs/decisions/0011-in-talk.md).
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bot.nlu.e5.graph import last_layers_graph, states_graph
from bot.nlu.e5.model import E5Graph, session_of
from bot.nlu.e5.tuned import Tuned
from bot.nlu.e5.weights import END, START, Vectors, Weights
from bot.settings import PROJECT

logger = logging.getLogger(__name__)

FILE = PROJECT / "data" / "encoder" / "in_talk.npz"
MOST_TOKENS = 128
"""Of each text; what was trained on is shorter."""

MARK = "mark"
"""Entry of the file that is added to the words before, so that they are told from those of the message."""


HEADS = ("level", "kinds", "situation", "act", "question")


class Read(NamedTuple):
    """How likely a message is of each level from `concern` on, of each kind of danger, and each answer of the other heads."""

    levels: Vectors
    kinds: Vectors
    situations: Vectors
    acts: Vectors
    questions: Vectors


class InTalk:
    """The layers, and what they were tuned for: a danger, the situation told, the dialogue act, the step that answers.

    Attributes:
        situations: names of the situations; the first stands for none.
        acts: names of the acts.
        questions: names of the steps that answer a question; the first stands for none.
    """

    def __init__(self) -> None:
        """Build both halves, in a second.

        Raises:
            ImportError, ValueError: as `E5Graph`.
            OSError: there is no file of tuned layers.
        """
        weights = Weights()
        self._tuned = Tuned(FILE)
        self._first = E5Graph(states_graph(weights, self._tuned.first_layer))
        self._last = session_of(last_layers_graph(weights, self._tuned))
        if not set(HEADS) <= self._tuned.names.keys():
            raise ValueError(f"{FILE.name}: tuned by an older version; scripts/tune in_talk")
        self.situations, self.acts = self._tuned.names["situation"], self._tuned.names["act"]
        self.questions = self._tuned.names["question"]

    def read(self, message: str, before: str) -> Read:
        """What a message tells where it was said.

        Args:
            message: normalised.
            before: what was said before it, normalised; empty for nothing.
        """
        states = self._states(message)
        length = len(states)
        if before:
            states = np.concatenate([states, self._states(before) + self._tuned.floats(MARK)])
        mean = self._last.run(None, {"x": states[np.newaxis]})[0][0][:length].mean(axis=0, keepdims=True)
        return Read(*(self._tuned.probabilities(head, mean)[0] for head in HEADS))

    def _states(self, text: str) -> Vectors:
        """A text after the first layers, one row a token."""
        tokens = self._first.tokens(text)[: MOST_TOKENS - 2]
        return np.asarray(self._first.run([START, *tokens, END])[0][0])


@lru_cache(maxsize=1)
def load_in_talk() -> InTalk | None:
    """The layers of this process, loaded once; None when they cannot be: then each message is read by itself, as ever."""
    try:
        return InTalk()
    except (ImportError, OSError, ValueError) as error:
        logger.warning("the layers that read in talk cannot be loaded: %s", error)
        return None
