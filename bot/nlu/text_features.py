"""Features of short texts for the classifiers that stand beside the themes.

N-grams, and the sentence vector seen through a kernel (Nystroem), which lets a linear model bend around look-alikes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from bot.nlu.encoder import DIMENSIONS

Vectors = npt.NDArray[np.float32]


def fit_features(texts: list[str], vectors: Vectors, bend: slice, settings: dict[str, Any]) -> dict[str, Any]:
    """Fit the parts that `features` needs.

    Args:
        texts: normalised examples.
        vectors: one row an example.
        bend: the rows that the kernel is fitted on.
        settings: `gamma`, `components` and `scale` of the kernel.
    """
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", sublinear_tf=True, min_df=2).fit(texts)
    chars = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=5).fit(texts)
    scaler = StandardScaler().fit(vectors[bend])
    kernel = Nystroem(gamma=settings["gamma"] / DIMENSIONS, n_components=settings["components"], random_state=0)
    kernel.fit(scaler.transform(vectors[bend]))
    return {"words": words, "chars": chars, "scaler": scaler, "kernel": kernel, "scale": settings["scale"]}


def features(parts: dict[str, Any], texts: list[str], vectors: Vectors) -> sparse.csr_matrix:
    """One row a text."""
    bent = parts["kernel"].transform(parts["scaler"].transform(vectors)) * parts["scale"]
    return sparse.hstack(
        [parts["words"].transform(texts), parts["chars"].transform(texts), sparse.csr_matrix(bent)]
    ).tocsr()


def fit_each(
    x: sparse.csr_matrix, targets: list[Any], strength: float, weight: Any = None, **kwargs: Any
) -> tuple[Vectors, Vectors]:
    """One yes-or-no classifier a target, as one matrix of weights and one of constants.

    Args:
        x: features.
        targets: for each classifier, which rows are a yes.
        strength: sklearn's `C`.
        weight: of each row.
        kwargs: sklearn's.
    """
    fitted = [
        LogisticRegression(C=strength, max_iter=80, tol=1e-2, **kwargs).fit(x, y, sample_weight=weight) for y in targets
    ]
    return np.vstack([c.coef_ for c in fitted]).T, np.concatenate([c.intercept_ for c in fitted])


def probabilities(head: tuple[Vectors, Vectors], x: sparse.csr_matrix) -> npt.NDArray[np.float64]:
    """Of each target of `fit_each`; one row a text."""
    weights, constants = head
    return 1 / (1 + np.exp(-(x @ weights + constants)))
