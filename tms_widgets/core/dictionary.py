"""Dictionaries: an overcomplete basis for hidden activations, found without knowing the features.

The paper's *Approach 2: Finding an overcomplete basis*, and the comment *Extracting features with sparse
autoencoders*. A hidden vector h is written as a sum of few directions, h ≈ Σ_k a_k d_k, with codes
a = ReLU(encoder·h + bias) ≥ 0 and directions d_k of length 1. What is minimised is

    E‖h − Σ_k a_k d_k‖² + λ E Σ_k a_k        for h scaled so that E‖h‖² = 1.

There is no bias on the way out: h = 0 is where no feature is active, and the directions start there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import checks, limits
from .checks import SettingError

MAX_ATOMS = 10_000
MAX_STEPS = 1_000_000
MAX_BATCH = 100_000
MAX_L1 = 1e3
MAX_SEED = 2**31
FLOAT = 4
ALIVE = 1e-3
"""An atom is alive when it is active in more than this part of the activations."""

Array = NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class Dictionary:
    """Directions (atoms) that activations are sums of, and the encoder that finds how much of each.

    Losses are in units of the mean squared length of the activations, so that 1 is what an empty dictionary
    leaves over.
    """

    encoder: Array
    """Shape ``(h_dim, n_atoms)``."""
    decoder: Array
    """The atoms, shape ``(h_dim, n_atoms)``: columns of length 1."""
    bias: Array
    """Of the encoder, shape ``(n_atoms,)``."""
    l1: float
    """λ, the price of a code."""
    loss: float
    """What was minimised: ``error`` and the penalty, over all activations."""
    error: float
    """E‖h − Σ_k a_k d_k‖² / E‖h‖²: the part that is not explained."""
    n_active: float
    """Atoms that are active at once, on average."""
    alive: NDArray[np.bool_]
    """Which atoms are active in more than a thousandth of the activations, shape ``(n_atoms,)``."""

    @property
    def n_atoms(self) -> int:
        """How many atoms there are, dead ones included."""
        return self.decoder.shape[1]

    @property
    def directions(self) -> Array:
        """The atoms that are alive, shape ``(h_dim, at most n_atoms)``."""
        return self.decoder[:, self.alive]

    def encode(self, activations: ArrayLike) -> Array:
        """Codes a = ReLU(encoder·h + bias) of activations ``(..., h_dim)``, shape ``(..., n_atoms)``."""
        h = np.asarray(activations, np.float32)
        if h.shape[-1:] != self.encoder.shape[:1]:
            raise SettingError(
                f"The activations have the shape {h.shape}, but this dictionary is for {len(self.encoder)} "
                f"dimensions; pass (..., {len(self.encoder)})."
            )
        return np.maximum(h @ self.encoder + self.bias, np.float32(0.0))

    def decode(self, codes: ArrayLike) -> Array:
        """Σ_k a_k d_k of codes ``(..., n_atoms)``, shape ``(..., h_dim)``."""
        return np.asarray(codes, np.float32) @ self.decoder.T


def fit_dictionary(
    activations: ArrayLike,
    n_atoms: int,
    *,
    l1: float = 0.4,
    seed: int = 0,
    steps: int = 2000,
    batch_size: int = 128,
    learning_rate: float = 0.03,
) -> Dictionary:
    """Find a dictionary for activations with a sparse autoencoder.

    Parameters
    ----------
    activations : array_like, shape (n_samples, h_dim)
        Hidden vectors. Leave out those of inputs without an active feature: they are 0 and teach nothing, but
        they change what ``l1`` means.
    n_atoms : int
        Atoms to begin with; some may die. It should be more than the features that one expects.
    l1 : float, default 0.4
        λ, for activations of mean squared length 1. Much smaller, and the directions need not be those of
        features: in few dimensions any directions can make up any vector.
    seed : int, default 0
        Decides where the atoms begin and which activations they see; the same call gives the same result.
    steps, batch_size, learning_rate
        Of Adam; the rate falls to 0 along a cosine.

    Returns
    -------
    Dictionary

    Raises
    ------
    SettingError
        For any setting that cannot be used, before memory is allocated.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> features = rng.random((4000, 3)) * (rng.random((4000, 3)) < 0.2)
    >>> angle = np.radians([90.0, 210.0, 330.0])
    >>> h = features[features.any(axis=1)] @ np.stack([np.cos(angle), np.sin(angle)], axis=1)
    >>> fit_dictionary(h, 3).decoder.shape
    (2, 3)
    """
    return fit_dictionaries(
        activations, [n_atoms], l1=l1, seed=seed, steps=steps, batch_size=batch_size,
        learning_rate=learning_rate,
    )[0]  # fmt: skip


def fit_dictionaries(
    activations: ArrayLike,
    n_atoms: int | Iterable[int],
    *,
    l1: float | Iterable[float] = 0.4,
    seed: int = 0,
    steps: int = 2000,
    batch_size: int = 128,
    learning_rate: float = 0.03,
) -> tuple[Dictionary, ...]:
    """Several dictionaries of the same activations, trained side by side.

    Parameters and errors are those of `fit_dictionary`, but ``n_atoms`` and ``l1`` may be sequences, of one
    length if both are. Each dictionary begins with atoms of its own; all see the same batches.

    Returns
    -------
    tuple of Dictionary
        In the order of ``n_atoms`` and ``l1``.
    """
    h = _checked(activations)
    sizes = [checks.integer("n_atoms", one, low=1, high=MAX_ATOMS) for one in _listed(n_atoms)]
    prices = [checks.real("l1", one, low=0.0, high=MAX_L1) for one in _listed(l1)]
    count = max(len(sizes), len(prices))
    if not sizes or not prices or {len(sizes), len(prices)} - {1, count}:
        raise SettingError(
            f"n_atoms has {len(sizes)} entries and l1 has {len(prices)}; pass as many of both, or one of one."
        )
    sizes, prices = sizes * (count // len(sizes)), prices * (count // len(prices))
    plan = {
        "seed": checks.integer("seed", seed, low=0, high=MAX_SEED),
        "steps": checks.integer("steps", steps, low=1, high=MAX_STEPS),
        "batch_size": checks.integer("batch_size", batch_size, low=1, high=MAX_BATCH),
    }
    rate = checks.real("learning_rate", learning_rate, low=0.0, high=1.0, open_low=True, nearest_low=0.001)
    _check_memory(h.shape[1], sizes, plan["batch_size"], h.size)
    scale = float(np.sqrt(np.square(h).sum(axis=1, dtype=np.float64).mean()))
    if scale == 0.0:
        raise SettingError("All activations are 0; take inputs with an active feature.")
    from .autoencoder import fit  # here, because it needs torch

    fitted = fit(h / np.float32(scale), sizes, prices, learning_rate=rate, **plan)
    return tuple(
        _dictionary(h, scale, price, *(part[..., :size] for part in parts))
        for size, price, parts in zip(sizes, prices, fitted, strict=True)
    )


def _listed(value: Any) -> list[Any]:
    return list(value) if checks.is_sequence(value) else [value]


def _checked(activations: ArrayLike) -> Array:
    """The activations as float32 of shape ``(n_samples, h_dim)``."""
    try:
        h = np.asarray(activations, np.float32)
    except (TypeError, ValueError, RuntimeError):
        h = np.empty(0, np.float32)
    if h.ndim != 2 or h.size == 0:
        raise SettingError(
            f"The activations have the shape {h.shape}, but numbers of shape (n_samples, h_dim) are needed; "
            "those of a run are x @ run.best.W[0].T."
        )
    if not np.isfinite(h).all():
        raise SettingError("The activations hold NaN or infinity; leave those rows out.")
    return h


def _check_memory(dimension: int, sizes: list[int], batch_size: int, n_numbers: int) -> None:
    """Refuse dictionaries that would take more than `limits.memory_cap`."""

    def needed(largest: int) -> int:
        atoms = 5 * (2 * dimension + 1)  # weights, gradients, both moments of Adam, and one copy
        return FLOAT * (len(sizes) * largest * (atoms + 6 * batch_size) + 2 * n_numbers)

    asked, cap = needed(max(sizes)), limits.memory_cap()
    if asked <= cap:
        return
    fits = (cap - needed(0)) // (needed(1) - needed(0))
    remedy = f"n_atoms={fits} works" if fits > 0 else "take fewer activations, or a smaller batch_size"
    raise SettingError(
        f"{len(sizes)} dictionaries of up to {max(sizes)} atoms would take {limits.bytes_in_words(asked)} of "
        f"memory, over the limit of {limits.bytes_in_words(cap)} (TMS_MAX_BYTES raises it); {remedy}."
    )


def _dictionary(h: Array, scale: float, l1: float, encoder: Array, decoder: Array, bias: Array) -> Dictionary:
    """Weights for scaled activations as a dictionary for ``h``, judged on all of it, a piece at a time."""
    # for scaled activations the codes are scaled too, so that only the bias knows the unit
    empty = Dictionary(
        encoder, decoder, np.float32(scale) * bias, l1, 0.0, 0.0, 0.0, np.zeros(len(bias), np.bool_)
    )
    squares, codes, used = 0.0, 0.0, np.zeros(len(bias), np.int64)
    for piece in np.array_split(h, 1 + h.shape[0] * len(bias) // 2**20):
        a = empty.encode(piece)
        squares += float(np.square(empty.decode(a) - piece, dtype=np.float64).sum())
        codes += float(a.sum(dtype=np.float64))
        used += (a > 0.0).sum(axis=0)
    error = squares / (len(h) * scale**2)
    return dataclasses.replace(
        empty,
        loss=error + l1 * codes / (len(h) * scale),
        error=error,
        n_active=float(used.sum() / len(h)),
        alive=used > ALIVE * len(h),
    )
