"""Trains the low-rank changes of the last layers (`tuned.py`) on all examples of the project, with PyTorch.

    python -m bot.nlu.e5.tuning [WRITER ...]

With writers it goes on from the file that is there: on their examples, which are new, and three times as many others; what
comes of it is half what was there, so that little is forgotten. Without, it begins anew.

Not part of training a model: it takes half an hour and a library that nothing else here needs. Its result is a file of the
project, and so is reviewed and measured like any other change.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from torch import nn
from torch.nn import functional

from bot.chat_dutch import normalise
from bot.nlu import change_talk, risk_classifier
from bot.nlu.e5.graph import states_graph
from bot.nlu.e5.model import E5Graph
from bot.nlu.e5.tuned import EXCLUSIVE, FILE, NAMES, Tuned, in_eight_bits
from bot.nlu.e5.weights import END, HEADS, INNER, LAYERS, SIZE, START, Vectors, Weights
from bot.nlu.risk_classifier import NO_MISUSE
from bot.safety import KINDS, LEVELS
from bot.settings import PROJECT
from bot.told import NONE

FIRST_LAYER = 6
RANK = 32
EPOCHS = 4
BATCH = 32
LEARNING_RATE = 1e-3
"""Of the changes; biases and normalisations a tenth of it, heads twice."""

GOING_ON = 0.4
"""How fast it learns, of that, when it goes on from what was learned."""

EPOCHS_ON = 2
OTHERS_FOR_ONE = 3
"""Other examples for each new one."""

ZERO = 8
"""What stands for nought in the 4-bit numbers of the wheel."""

HEAD_SCALE = 3.0
"""Brings the mean of the tokens to a size at which the heads learn as fast as the layers."""

MOST_TOKENS = 128
EVERYDAY_WEIGHT = 0.7
HARMLESS_WEIGHT = 0.15
"""How much a harmless message counts as one that asks for no help with harm: there are many of them."""

MATRICES = {
    "q": (SIZE, SIZE),
    "k": (SIZE, SIZE),
    "v": (SIZE, SIZE),
    "ao": (SIZE, SIZE),
    "fi": (SIZE, INNER),
    "fo": (INNER, SIZE),
}


@dataclass
class Example:
    """A text and what is known of it, by head: the place of the right answer, or one number for each answer."""

    text: str
    known: dict[str, int | list[float]]
    weight: dict[str, float] = field(default_factory=dict)
    writer: str = ""


def head_names() -> dict[str, list[str]]:
    """What the numbers of each head stand for."""
    _, misuse = risk_classifier.read_examples()
    return {
        "level": list(LEVELS[1:]),
        "kinds": list(KINDS),
        "asked": ["asked"],
        "sort": sorted({r["misuse"] for r in misuse} - {NO_MISUSE}),
        "theme": sorted({intent for intent, _ in _intents()}),
        **{head: [NONE, *names] for head, names in change_talk.HEADS.items()},
    }


def _intents() -> Iterator[tuple[str, str]]:
    for path in sorted((PROJECT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                yield block["intent"], normalise(line.removeprefix("- "))


def examples(names: dict[str, list[str]]) -> list[Example]:
    """All examples of the project."""
    found: list[Example] = []
    risks, misuse = risk_classifier.read_examples()
    for row in risks:
        rank = LEVELS.index(row["level"])
        levels = [float(rank >= k) for k in range(1, len(LEVELS))]
        example = Example(normalise(row["text"]), {"level": levels}, writer=row["writer"])
        if row["kinds"]:
            example.known["kinds"] = [float(kind in row["kinds"]) for kind in KINDS]
        if rank == 0:
            example.known["asked"], example.weight["asked"] = [0.0], HARMLESS_WEIGHT
        found.append(example)
    for row in misuse:
        asked = row["misuse"] != NO_MISUSE
        example = Example(normalise(row["text"]), {"asked": [float(asked)]}, writer=row["writer"])
        if asked:
            example.known["sort"] = names["sort"].index(row["misuse"])
        found.append(example)
    labelled = {example.text for example in found}
    for intent, text in _intents():
        example = Example(text, {"theme": names["theme"].index(intent)})
        if text not in labelled:
            example.known |= {"level": [0.0] * (len(LEVELS) - 1), "asked": [0.0]}
            example.weight |= {"level": EVERYDAY_WEIGHT, "asked": HARMLESS_WEIGHT}
        found.append(example)
    for row in change_talk.read_examples():
        known = {head: names[head].index(row[head]) for head in change_talk.HEADS if head in row}
        found.append(Example(normalise(row["text"]), dict(known), writer=row["writer"]))
    return found


def states(texts: list[str]) -> list[Any]:
    """Each text after the layers that stay as they are: one row a token, in half precision."""
    graph = E5Graph(states_graph(Weights(), FIRST_LAYER))

    def one(text: str) -> Any:
        tokens = graph.tokens(text)[: MOST_TOKENS - 2]
        return graph.run([START, *tokens, END])[0][0].astype(np.float16)

    with ThreadPoolExecutor() as pool:
        return list(pool.map(one, texts))


class LowRank(nn.Module):
    """A matrix of the encoder that stays as it is, and a change of it that is learned."""

    def __init__(self, weights: Weights, name: str, width: int, height: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(_matrix(weights, name, width), requires_grad=False)
        self.bias = nn.Parameter(torch.tensor(weights.floats(f"{name}.b")))
        self.down = nn.Parameter(torch.randn(RANK, width) / width**0.5)
        self.up = nn.Parameter(torch.zeros(height, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The product, with its change."""
        change = functional.linear(functional.linear(x, self.down), self.up)
        return functional.linear(x, self.weight, self.bias) + change


def _matrix(weights: Weights, name: str, width: int) -> torch.Tensor:
    blocks = weights.blocks(f"{name}.w", width)
    numbers = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=-1).astype(np.float32) - ZERO
    return torch.tensor((numbers * blocks["scale"].astype(np.float32)[..., None]).reshape(len(blocks), width))


class Layer(nn.Module):
    """One layer of the encoder."""

    def __init__(self, weights: Weights, name: str) -> None:
        super().__init__()
        for part, (width, height) in MATRICES.items():
            setattr(self, part, LowRank(weights, f"{name}.{part}", width, height))
        for part in ("aln", "oln"):
            normal = nn.LayerNorm(SIZE, eps=weights.epsilon)
            normal.weight.data = torch.tensor(weights.floats(f"{name}.{part}.w"))
            normal.bias.data = torch.tensor(weights.floats(f"{name}.{part}.b"))
            setattr(self, part, normal)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Attention, then the inner layer."""
        texts, tokens, _ = x.shape
        heads = [part(x).view(texts, tokens, HEADS, -1).transpose(1, 2) for part in (self.q, self.k, self.v)]
        seen = functional.scaled_dot_product_attention(*heads, attn_mask=mask[:, None, None, :])
        x = self.aln(x + self.drop(self.ao(seen.transpose(1, 2).reshape(texts, tokens, SIZE))))
        return self.oln(x + self.drop(self.fo(functional.gelu(self.fi(x)))))


class Network(nn.Module):
    """The last layers, the mean over the tokens, and a linear head for each task."""

    def __init__(self, weights: Weights, names: dict[str, list[str]]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(weights, f"l{n}") for n in range(FIRST_LAYER, LAYERS))
        self.heads = nn.ModuleDict({head: nn.Linear(SIZE, len(known)) for head, known in names.items()})
        self.drop = nn.Dropout(0.2)

    def read(self, tuned: Tuned) -> None:
        """Take over what was learned before.

        Raises:
            ValueError: its heads are others than these.
        """
        if {head: len(names) for head, names in tuned.names.items()} != {
            h: m.out_features for h, m in self.heads.items()
        }:
            raise ValueError("the file has other heads: begin anew, without writers")
        for number, layer in enumerate(self.layers, FIRST_LAYER):
            for part in MATRICES:
                learned = getattr(layer, part)
                learned.bias.data = torch.tensor(tuned.floats(f"l{number}.{part}.b"))
                learned.down.data = torch.tensor(tuned.floats(f"l{number}.{part}.down")).T.contiguous()
                learned.up.data = torch.tensor(tuned.floats(f"l{number}.{part}.up")).T.contiguous()
            for part in ("aln", "oln"):
                normal = getattr(layer, part)
                normal.weight.data = torch.tensor(tuned.floats(f"l{number}.{part}.w"))
                normal.bias.data = torch.tensor(tuned.floats(f"l{number}.{part}.b"))
        for name, head in self.heads.items():
            head.weight.data = torch.tensor(tuned.floats(f"{name}.w")) / HEAD_SCALE
            head.bias.data = torch.tensor(tuned.floats(f"{name}.b"))

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """What each head says of each text."""
        for layer in self.layers:
            x = layer(x, mask)
        there = mask[..., None].to(x.dtype)
        mean = (x * there).sum(1) / there.sum(1)
        return {name: head(self.drop(mean.float() * HEAD_SCALE)) for name, head in self.heads.items()}


def _loss(said: dict[str, torch.Tensor], batch: list[Example]) -> torch.Tensor:
    """The mean over the batch of what each example is known for."""
    total = torch.zeros(())
    for head, z in said.items():
        rows = [i for i, example in enumerate(batch) if head in example.known]
        if not rows:
            continue
        known = [batch[i].known[head] for i in rows]
        weight = torch.tensor([batch[i].weight.get(head, 1.0) for i in rows])
        if head in EXCLUSIVE:
            smoothing = 0.05 if head == "theme" else 0.0
            each = functional.cross_entropy(z[rows], torch.tensor(known), reduction="none", label_smoothing=smoothing)
        else:
            right = torch.tensor(known, dtype=torch.float32)
            each = functional.binary_cross_entropy_with_logits(z[rows], right, reduction="none").sum(1)
        total = total + (each * weight).sum() * (0.5 if head in ("kinds", "sort") else 1.0)
    return total / len(batch)


def batches(lengths: list[int]) -> list[list[int]]:
    """All examples in a new order; those of a batch are of about the same length."""
    order = random.sample(range(len(lengths)), len(lengths))
    found = []
    for start in range(0, len(order), BATCH * 50):
        near = sorted(order[start : start + BATCH * 50], key=lengths.__getitem__)
        parts = [near[i : i + BATCH] for i in range(0, len(near), BATCH)]
        found += random.sample(parts, len(parts))
    return found


def padded(rows: list[Any]) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of different length as one block, and where it is filled."""
    longest = max(len(row) for row in rows)
    x = torch.zeros(len(rows), longest, SIZE)
    mask = torch.zeros(len(rows), longest, dtype=torch.bool)
    for i, row in enumerate(rows):
        x[i, : len(row)] = torch.from_numpy(row.astype(np.float32))
        mask[i, : len(row)] = True
    return x, mask


def in_halves() -> Any:
    """Computes in bfloat16; where the processor has none, it is many times slower than whole precision, which is used there."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported())


def learning_groups(network: Network, rate: float) -> list[dict[str, Any]]:
    """What is learned, and how fast."""
    named = [(name, p) for name, p in network.layers.named_parameters() if p.requires_grad]
    changes = [p for name, p in named if name.endswith((".down", ".up"))]
    others = [p for name, p in named if not name.endswith((".down", ".up"))]
    return [
        {"params": changes, "lr": rate},
        {"params": others, "lr": rate / 10},
        {"params": list(network.heads.parameters()), "lr": rate * 2},
    ]


def rising_and_falling(optimizer: Any, steps: int) -> Any:
    """A rate of learning that rises for a few steps and then falls to nothing."""
    warm = 0.06 * steps
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(s / warm, 1.0) * max(1 - s / steps, 0.0))


def learn(loss: torch.Tensor, network: nn.Module, optimizer: Any, schedule: Any) -> None:
    """One step against a loss."""
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    schedule.step()


def _new_and_others(rows: list[Example], writers: set[str]) -> list[Example]:
    """The examples of some writers, and a choice of the others.

    Raises:
        ValueError: these writers have none.
    """
    new = [row for row in rows if row.writer in writers]
    if not new:
        raise ValueError(f"no examples of {', '.join(sorted(writers))}")
    others = [row for row in rows if row.writer not in writers]
    return new + random.sample(others, min(len(others), OTHERS_FOR_ONE * len(new)))


def tune(writers: set[str], file: Path = FILE) -> None:
    """Train on all examples, or go on with those of some writers, and write the file.

    Args:
        writers: whose examples are new; none: begin anew.
        file: where to, and from where to go on.
    """
    random.seed(0)
    torch.manual_seed(0)
    names = head_names()
    rows = examples(names)
    network = Network(Weights(), names)
    if writers:
        rows = _new_and_others(rows, writers)
        network.read(Tuned(file))
    before = [p.detach().clone() for p in network.parameters()]
    epochs, rate = (EPOCHS_ON, LEARNING_RATE * GOING_ON) if writers else (EPOCHS, LEARNING_RATE)
    print(f"{len(rows):,} examples; computing the layers below", flush=True)
    seen = states([row.text for row in rows])
    steps = epochs * -(-len(rows) // BATCH)
    optimizer = torch.optim.AdamW(learning_groups(network, rate), weight_decay=0.01)
    schedule = rising_and_falling(optimizer, steps)
    for epoch in range(epochs):
        lost = []
        for batch in batches([len(row) for row in seen]):
            x, mask = padded([seen[i] for i in batch])
            with in_halves():
                said = network(x, mask)
            loss = _loss({head: z.float() for head, z in said.items()}, [rows[i] for i in batch])
            learn(loss, network, optimizer, schedule)
            lost.append(loss.item())
        print(f"epoch {epoch + 1} of {epochs}: loss {np.mean(lost):.3f}", flush=True)
    if writers:
        with torch.no_grad():
            for learned, was in zip(network.parameters(), before, strict=True):
                learned.copy_((learned + was) / 2)
    written(network.layers, network.heads, names, file)


def written(
    layers: nn.ModuleList,
    heads: Mapping[str, Any],
    names: dict[str, list[str]],
    file: Path,
    others: Mapping[str, torch.Tensor] | None = None,
) -> None:
    """Write what was learned: in half precision, and the changes of the matrices, which are most of it, in eight bits.

    Args:
        layers: the tuned ones.
        heads: what reads them.
        names: what the numbers of each head stand for.
        file: where to.
        others: more that was learned, by name.
    """
    arrays: dict[str, Vectors] = {name: _half(values) for name, values in (others or {}).items()}
    for number, layer in enumerate(layers, FIRST_LAYER):
        for part in MATRICES:
            learned = getattr(layer, part)
            arrays[f"l{number}.{part}.b"] = _half(learned.bias)
            arrays |= in_eight_bits(f"l{number}.{part}.down", learned.down.T.detach().numpy())
            arrays |= in_eight_bits(f"l{number}.{part}.up", learned.up.T.detach().numpy())
        for part in ("aln", "oln"):
            normal = getattr(layer, part)
            arrays |= {f"l{number}.{part}.w": _half(normal.weight), f"l{number}.{part}.b": _half(normal.bias)}
    for name, head in heads.items():
        arrays |= {f"{name}.w": _half(head.weight * HEAD_SCALE), f"{name}.b": _half(head.bias)}
    file.parent.mkdir(exist_ok=True)
    # Written aside and moved: a run that is stopped halfway leaves the old file.
    aside = file.with_suffix(".new.npz")
    np.savez_compressed(aside, **arrays, **{NAMES: np.array(json.dumps(names))})
    aside.replace(file)


def _half(values: Any) -> Any:
    return values.detach().numpy().astype(np.float16)


if __name__ == "__main__":
    tune(set(sys.argv[1:]))
