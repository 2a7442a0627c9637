"""Trains the layers that read a message beside what was said before it (`in_talk.py`), with PyTorch.

    python -m bot.nlu.e5.tuning_in_talk

It goes on from the tuned layers (`tuning.py`), on the lines of the talks in `data/in_talk/`, with the level of each there, the
situation that it tells of, what the person does with it and which step answers what it asks; on the messages that were
written for a situation (`data/situations/`) or a question (`data/questions/`); and on some examples of danger that stand alone,
not to forget those.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from bot.nlu.e5.in_talk import FILE, MARK
from bot.nlu.e5.tuned import Tuned
from bot.nlu.e5.tuning import (
    BATCH,
    HEAD_SCALE,
    Network,
    batches,
    in_halves,
    learn,
    learning_groups,
    padded,
    rising_and_falling,
    states,
    written,
)
from bot.nlu.e5.weights import SIZE, Weights
from bot.nlu.talk_examples import (
    PLAYED,
    TWINS,
    Reading,
    examples_alone,
    harm_in_talks,
    lines_of_talks,
    questions,
    situations_alone,
)
from bot.safety import KINDS, LEVELS
from bot.told import ACTS, NONE

EPOCHS = 3
LEARNING_RATE = 1e-3
WORDINGS = 2
"""So many wordings of each reply are read, in turn."""

TWICE = (PLAYED, TWINS)
"""Talks that are read a second time in a round: they are most like what will be typed."""

ALONE = 4000
"""Examples of danger that stand alone."""

HARM = 600
"""Requests for help with harm, each beside some line of a talk."""

HIDDEN = 0.1
"""The share of lines whose words before are hidden: a message must be understood without them too."""


class InTalkNetwork(nn.Module):
    """The last layers over a message and the text beside it; the mean over the message, and a head for each task."""

    def __init__(self, tuned: Tuned, situations: list[str], asked: list[str]) -> None:
        super().__init__()
        self.network = Network(Weights(), tuned.names)
        self.network.read(tuned)
        self.situation = nn.Linear(SIZE, len(situations))
        self.act = nn.Linear(SIZE, len(ACTS))
        self.question = nn.Linear(SIZE, len(asked))
        self.mark = nn.Parameter(torch.zeros(SIZE))

    def forward(self, message: Any, other: Any) -> dict[str, torch.Tensor]:
        """What each head says; `message` and `other` are from `padded`."""
        (x, mask), (y, other_mask) = message, other
        both, seen = torch.cat([x, y + self.mark], 1), torch.cat([mask, other_mask], 1)
        for layer in self.network.layers:
            both = layer(both, seen)
        there = mask[..., None].to(both.dtype)
        mean = (both[:, : x.shape[1]] * there).sum(1) / there.sum(1)
        mean = self.network.drop(mean.float() * HEAD_SCALE)
        return {name: head(mean) for name, head in self.heads().items()}

    def heads(self) -> dict[str, nn.Module]:
        """The heads that are kept."""
        known = {"level": self.network.heads["level"], "kinds": self.network.heads["kinds"]}
        return {**known, "situation": self.situation, "act": self.act, "question": self.question}


def _loss(said: dict[str, torch.Tensor], batch: list[Reading], situations: list[str], asked: list[str]) -> torch.Tensor:
    total = torch.zeros(())
    for head, names, told in (
        ("situation", situations, [r.situation for r in batch]),
        ("act", list(ACTS), [r.act for r in batch]),
        ("question", asked, [r.question for r in batch]),
    ):
        rows = [i for i, name in enumerate(told) if name is not None]
        if rows:
            right = torch.tensor([names.index(str(told[i])) for i in rows])
            total = total + functional.cross_entropy(said[head][rows], right, reduction="sum")
    for head, known, share in (
        ("level", [r.levels for r in batch], 1.0),
        ("kinds", [r.kinds for r in batch], 0.5),
    ):
        rows = [i for i, right in enumerate(known) if right is not None]
        if rows:
            right = torch.tensor([known[i] for i in rows], dtype=torch.float32)
            each = functional.binary_cross_entropy_with_logits(said[head][rows], right, reduction="sum")
            total = total + share * each
    return total / len(batch)


def tune(file: Path = FILE) -> None:
    """Train, and write the file."""
    random.seed(0)
    torch.manual_seed(0)
    alone = list(situations_alone())
    situations = [NONE, *sorted({str(r.situation) for r in alone} - {NONE})]
    asked = [NONE, *sorted({str(r.question) for r in questions()} - {NONE})]
    network = InTalkNetwork(Tuned(), situations, asked)
    learned = [
        *learning_groups(network.network, LEARNING_RATE)[:2],
        {"params": [network.mark], "lr": LEARNING_RATE * 5},
        {"params": [p for head in network.heads().values() for p in head.parameters()], "lr": LEARNING_RATE * 2},
    ]
    optimizer = torch.optim.AdamW(learned, weight_decay=0.01)
    rounds = [
        [
            *lines_of_talks(wording=number % WORDINGS),
            *(line for file in TWICE for line in lines_of_talks(file, wording=(number + 1) % WORDINGS)),
            *harm_in_talks(HARM),
            *questions(),
            *examples_alone(ALONE),
            *alone,
        ]
        for number in range(EPOCHS)
    ]
    texts = list(dict.fromkeys(text for rows in rounds for r in rows for text in (r.text, r.beside) if text))
    print(f"{len(rounds[0]):,} readings a round; computing the layers below", flush=True)
    first_layers = dict(zip(texts, states(texts), strict=True))
    schedule = rising_and_falling(optimizer, sum(-(-len(rows) // BATCH) for rows in rounds))
    for number, rows in enumerate(rounds, 1):
        lost = []
        lengths = [len(first_layers[r.text]) + (len(first_layers[r.beside]) if r.beside else 0) for r in rows]
        for chosen in batches(lengths):
            batch = [rows[i] for i in chosen]
            shown = [r.beside if torch.rand(1).item() > HIDDEN else "" for r in batch]
            message = padded([first_layers[r.text] for r in batch])
            other = padded([first_layers[text] if text else np.zeros((0, SIZE), dtype=np.float16) for text in shown])
            with in_halves():
                said = network(message, other)
            loss = _loss({head: z.float() for head, z in said.items()}, batch, situations, asked)
            learn(loss, network, optimizer, schedule)
            lost.append(loss.item())
        print(f"round {number} of {EPOCHS}: loss {np.mean(lost):.3f}", flush=True)
    names = {
        "level": list(LEVELS[1:]),
        "kinds": list(KINDS),
        "situation": situations,
        "act": list(ACTS),
        "question": asked,
    }
    written(network.network.layers, network.heads(), names, file, {MARK: network.mark})


if __name__ == "__main__":
    tune()
