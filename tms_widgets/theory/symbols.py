"""Vector symbolic operations: symbols are vectors, and structures of symbols are vectors as long.

An idea of a reader of the paper: a model that packs very many features into many dimensions could compute
with them as *vector symbolic architectures* (hyperdimensional computing) do. These know three operations.

* **bundle**: a set is the sum of its members, and similar to each of them. Superposition is this.
* **bind**: a pair is a vector similar to neither; unbinding it with one gives the other, and noise.
* **clean up**: the noise goes when the result is replaced by the most similar of all known vectors.

Binding is either circular convolution (holographic reduced representations, Plate 1995), undone by circular
correlation, or the product of the components, undone by the same product. Both are defined in the basis of
the hidden space, to which the loss of a linear hidden layer is indifferent; Adam, which scales every weight's
step by itself, is not quite. All vectors are rows here: shape (..., n_hidden).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError, choice, integer
from .arrays import FloatArray, as_numbers
from .frames import directions
from .packings import generator

BINDINGS = ("convolution", "product")


def bundle(vectors: ArrayLike) -> FloatArray:
    """The sum of vectors, shape (..., k, n_hidden), over k: a set of them, shape (..., n_hidden)."""
    return _vectors("vectors", vectors, axes=2).sum(axis=-2)


def bind(a: ArrayLike, b: ArrayLike, *, by: str = "convolution") -> FloatArray:
    """The vector of a pair: similar to neither of the two, and the same whichever comes first.

    Parameters
    ----------
    a, b : array, shape (..., n_hidden)
    by : {"convolution", "product"}
        Circular convolution, or the product of the components times √m; both keep lengths about as they
        are.

    Returns
    -------
    array, shape (..., n_hidden)
    """
    first, second = _pair(a, b)
    m = first.shape[-1]
    if choice("by", by, BINDINGS) == "product":
        return first * second * m**0.5
    return np.fft.irfft(np.fft.rfft(first) * np.fft.rfft(second), n=m)


def unbind(bound: ArrayLike, key: ArrayLike, *, by: str = "convolution") -> FloatArray:
    """What was bound with ``key``, and noise.

    With random components the cosine to what was bound is about 1/√2 after a convolution and 1/√3 after a
    product, in any number of dimensions; where all components are ±1/√m the product gives it back exactly.

    Parameters
    ----------
    bound, key : array, shape (..., n_hidden)
    by : {"convolution", "product"}
        As it was bound.

    Returns
    -------
    array, shape (..., n_hidden)
    """
    pair, known = _pair(bound, key)
    m = pair.shape[-1]
    if choice("by", by, BINDINGS) == "product":
        return pair * known * m**0.5
    return np.fft.irfft(np.fft.rfft(pair) * np.conj(np.fft.rfft(known)), n=m)


def clean_up(vectors: ArrayLike, W: ArrayLike) -> NDArray[np.intp]:
    """Which feature of W each vector is most similar to, by cosine.

    Parameters
    ----------
    vectors : array, shape (..., n_hidden)
    W : array, shape (n_hidden, n_features)
        The memory of all known vectors.

    Returns
    -------
    array of int, shape (...)
    """
    return (_vectors("vectors", vectors) @ _memory(W)).argmax(axis=-1)


def bundling_recovery(W: ArrayLike, n_bundled: int, *, trials: int = 200, seed: int | None = None) -> float:
    """Which part of k bundled features is among the k most similar to their sum, on average.

    Parameters
    ----------
    W : array, shape (n_hidden, n_features)
        Lengths do not count.
    n_bundled : int
        k, different features; from 1 to n_features.
    trials : int, default 200
        Random sets.
    seed : int, optional
        Decides the sets; fresh ones if not given.

    Returns
    -------
    float
        Between 0 and 1; k/n by chance.
    """
    memory = _memory(W)
    k = integer("n_bundled", n_bundled, low=1, high=memory.shape[1])
    members = _sets(memory.shape[1], k, trials, seed)
    sums = bundle(memory.T[members])
    similar = sums @ memory
    kth = -np.partition(-similar, k - 1, axis=1)[:, k - 1 : k]
    return float((np.take_along_axis(similar, members, axis=1) >= kth).mean())


def binding_recovery(
    W: ArrayLike, n_pairs: int, *, by: str = "convolution", trials: int = 200, seed: int | None = None
) -> float:
    """How often a value is found again by its key, in a bundle of k bound pairs.

    Keys and values are 2k different features. The bundle is unbound with each key and cleaned up among all.

    Parameters
    ----------
    W : array, shape (n_hidden, n_features)
        Lengths do not count.
    n_pairs : int
        k, from 1 to n_features / 2.
    by : {"convolution", "product"}
    trials : int, default 200
        Random bundles.
    seed : int, optional
        Decides the bundles; fresh ones if not given.

    Returns
    -------
    float
        Between 0 and 1; 1/n by chance.
    """
    memory = _memory(W)
    k = integer("n_pairs", n_pairs, low=1, high=memory.shape[1] // 2)
    members = _sets(memory.shape[1], 2 * k, trials, seed)
    keys, values = memory.T[members[:, :k]], members[:, k:]
    bound = bundle(bind(keys, memory.T[values], by=by))
    return float((clean_up(unbind(bound[:, None], keys, by=by), memory) == values).mean())


def _sets(n: int, size: int, trials: int, seed: int | None) -> NDArray[np.intp]:
    """Rows of ``size`` different numbers below n."""
    count = integer("trials", trials, low=1, high=100_000)
    return np.argpartition(generator(seed).random((count, n)), size - 1, axis=1)[:, :size]


def _memory(W: ArrayLike) -> FloatArray:
    memory = directions(W)
    if memory.ndim != 2:
        raise SettingError(f"W has the shape {memory.shape}; pass one model, (n_hidden, n_features).")
    return memory


def _vectors(name: str, value: ArrayLike, axes: int = 1) -> FloatArray:
    vectors = as_numbers(name, value)
    if vectors.ndim < axes or 0 in vectors.shape[-axes:]:
        wanted = "(…, n_hidden)" if axes == 1 else "(…, k, n_hidden)"
        raise SettingError(f"{name} have the shape {vectors.shape}; pass {wanted}, a vector a row.")
    return vectors


def _pair(a: ArrayLike, b: ArrayLike) -> tuple[FloatArray, FloatArray]:
    first, second = _vectors("the vectors", a), _vectors("the vectors", b)
    if first.shape[-1] != second.shape[-1]:
        raise SettingError(
            f"One vector has {first.shape[-1]} components and the other {second.shape[-1]}; pass as many."
        )
    return first, second
