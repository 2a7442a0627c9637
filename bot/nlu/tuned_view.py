"""What the tuned layers of the encoder say of a message, beside a classifier that was trained on its plain numbers.

The two make different mistakes (docs/decisions/0010-tuned-layers.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bot.nlu.e5.tuned import load_tuned
from bot.nlu.encoder import Vectors, tuned_part


def mixed(
    head: str, names: Sequence[str], learned: npt.NDArray[np.float64], vectors: Vectors, share: float
) -> npt.NDArray[np.float64]:
    """Probabilities of a classifier, moved towards those of the tuned layers; as they are where there are no such layers.

    Args:
        head: of the tuned layers.
        names: what the columns of `learned` stand for. What the tuned layers do not know stays as it is.
        learned: one row a text.
        vectors: of the encoder, one row a text.
        share: how much the tuned layers count, from 0 to 1.
    """
    part = tuned_part(vectors)
    tuned = load_tuned() if part.shape[-1] else None
    if tuned is None:
        return learned
    known = tuned.names.get(head, [])
    columns = [(i, known.index(name)) for i, name in enumerate(names) if name in known]
    if not columns:
        return learned
    here, there = [i for i, _ in columns], [i for _, i in columns]
    found = np.array(learned, dtype=np.float64)
    found[:, here] += share * (tuned.probabilities(head, part)[:, there] - found[:, here])
    return found
