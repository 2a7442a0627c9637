"""The sentence encoder multilingual-e5-small, run by onnxruntime."""

from bot.nlu.e5.model import E5Model

__all__ = ["E5Model"]
