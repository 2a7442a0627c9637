"""Features of short texts for the classifiers that stand beside the themes.

Three views. Wide: n-grams, and the sentence vector seen through a kernel (Nystroem), which lets a linear model bend around
look-alikes. Narrow: the sentence vector and a few hundred directions in which n-grams go together, for small neural networks.
Near: the examples whose sentence vectors are nearest. They make different mistakes, so that together they are better than any.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from bot.nlu.encoder import DIMENSIONS
from bot.nlu.example_vectors import THREADS

Vectors = npt.NDArray[np.float32]
Task = TypeVar("Task")
Found = TypeVar("Found")
NGRAM_WEIGHT = 6.0
"""Brings the directions of n-grams to the size of the scaled sentence vector."""

NEIGHBOURS = 40
NEARER_WEIGHS = 16.0
"""How fast an example weighs less as it is further away; 10 to 40 neighbours and 8 to 16 differ little."""


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
    ngrams = (parts["words"].transform(texts), parts["chars"].transform(texts))
    return sparse.hstack([*ngrams, sparse.csr_matrix(bent)]).tocsr()


def side_by_side(work: Callable[[Task], Found], tasks: Iterable[Task]) -> list[Found]:
    """Work on tasks that need nothing of each other; a thread for each core, and no more than that in each."""
    with threadpool_limits(1), ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, tasks))


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

    def fit(y: Any) -> LogisticRegression:
        return LogisticRegression(C=strength, max_iter=80, tol=1e-2, **kwargs).fit(x, y, sample_weight=weight)

    fitted = side_by_side(fit, targets)
    # Row by row in memory: laid out otherwise, each message would copy all of it.
    weights = np.ascontiguousarray(np.vstack([c.coef_ for c in fitted]).T)
    return weights, np.concatenate([c.intercept_ for c in fitted])


def probabilities(head: tuple[Vectors, Vectors], x: sparse.csr_matrix) -> npt.NDArray[np.float64]:
    """Of each target of `fit_each`; one row a text."""
    weights, constants = head
    return 1 / (1 + np.exp(-(x @ weights + constants)))


def fit_narrow(parts: dict[str, Any], wide: sparse.csr_matrix, kept: int, directions: int) -> dict[str, Any]:
    """Fit what `narrow` needs besides.

    Args:
        parts: from `fit_features`.
        wide: from `features`, of the examples.
        kept: how many of the most frequent n-grams are looked at; what is kept in memory grows with it.
        directions: to how many numbers they come down.
    """
    counts = wide[:, : len(parts["words"].vocabulary_) + len(parts["chars"].vocabulary_)]
    often = np.argsort(-np.asarray((counts > 0).sum(axis=0)).ravel(), kind="stable")[:kept]
    columns = np.sort(often)
    svd = TruncatedSVD(directions, n_iter=4, random_state=0).fit(counts[:, columns])
    return {"columns": columns, "directions": svd.components_.T.astype(np.float32)}


def narrow(parts: dict[str, Any], wide: sparse.csr_matrix, vectors: Vectors) -> Vectors:
    """One row a text.

    Args:
        parts: from `fit_features` and `fit_narrow`.
        wide: from `features`, whose first columns are the n-grams.
        vectors: one row a text.
    """
    # Of the same type as the directions, which would be copied into another one otherwise.
    ngrams = wide[:, parts["columns"]].astype(np.float32) @ parts["directions"]
    return np.hstack([parts["scaler"].transform(vectors), ngrams * NGRAM_WEIGHT]).astype(np.float32)


def fit_near(parts: dict[str, Any], vectors: Vectors, values: npt.NDArray[Any], axes: int) -> dict[str, Any]:
    """Fit what `near` needs besides.

    Args:
        parts: from `fit_features`.
        vectors: one row an example.
        values: what is known of each example, one row an example.
        axes: to how many numbers a vector comes down; memory and time grow with it.
    """
    scaled = parts["scaler"].transform(vectors)
    turned = PCA(axes, svd_solver="randomized", random_state=0).fit(scaled)
    near_parts = {"near_mean": turned.mean_.astype(np.float32), "near_axes": turned.components_.T.astype(np.float32)}
    return {**near_parts, "near_rows": _turn(near_parts, scaled), "near_values": values.astype(np.float32)}


def near(parts: dict[str, Any], vectors: Vectors) -> Vectors:
    """The values of the nearest examples, averaged; one row a text. Nearer ones weigh more."""
    likeness = _turn(parts, parts["scaler"].transform(vectors)) @ parts["near_rows"].T
    nearest = np.argpartition(-likeness, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    found = np.take_along_axis(likeness, nearest, axis=1)
    weights = np.exp(NEARER_WEIGHS * (found - found.max(axis=1, keepdims=True)))
    means: Vectors = np.einsum(
        "tn,tnv->tv", weights / weights.sum(axis=1, keepdims=True), parts["near_values"][nearest]
    )
    return means


def _turn(parts: dict[str, Any], scaled: Vectors) -> Vectors:
    turned = (scaled - parts["near_mean"]) @ parts["near_axes"]
    rows: Vectors = (turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return rows


def fit_networks(x: Vectors, target: Any, count: int) -> list[list[Vectors]]:
    """Small networks with one hidden layer, each from another start; their mean is steadier than one.

    Args:
        x: from `narrow`.
        target: the class of each row, as a number from 0.
        count: how many.

    Returns:
        Of each the weights and constants of both layers.
    """
    settings = {"hidden_layer_sizes": (256,), "alpha": 0.1, "max_iter": 16, "batch_size": 256}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is stopped early on purpose
        fitted = side_by_side(lambda seed: MLPClassifier(random_state=seed, **settings).fit(x, target), range(count))
    return [[part.astype(np.float32) for part in (*n.coefs_, *n.intercepts_)] for n in fitted]


def network_probabilities(networks: list[list[Vectors]], x: Vectors) -> npt.NDArray[np.float64]:
    """The mean probability of each class; one row a text."""
    return np.mean([_shares(np.maximum(x @ w1 + c1, 0) @ w2 + c2) for w1, w2, c1, c2 in networks], axis=0)


def _shares(z: Vectors) -> Vectors:
    if z.shape[1] == 1:  # of two classes sklearn keeps the second alone
        z = np.hstack([np.zeros_like(z), z])
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
