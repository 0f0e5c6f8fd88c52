"""A pattern that small models find again and again: two features of unequal weight, and an inhibiting neuron.

*The Asymmetric Superposition Motif*: a neuron that stands for two features may read one of them strongly and
the other weakly, with output weights the other way round. Either feature then comes out as large as it
should. The strong one makes a large noise in the weak one's output, and the weak one hardly any in the
strong one's. A second neuron that also reads the strong feature takes that noise away, with an output weight
below zero; too much of it does no harm, since the output has a ReLU.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import ArrayLike

from .arrays import FloatArray, as_one_model
from .neurons import rescaled

RATIO = 2.0
"""The strong feature's weight in is at least so many times the weak one's."""
GAINS = (0.5, 1.6)
"""What comes out of the neuron for either feature: about what went in."""
CANCELLED = 0.5
"""The part of the noise that one other neuron takes away, at least."""


@dataclasses.dataclass(frozen=True)
class Motif:
    """One instance of asymmetric superposition with its inhibition."""

    features: tuple[int, int]
    """The strong one, which makes the noise, and the weak one, in whose output it would be heard."""
    neurons: tuple[int, int]
    """The one that both share, and the one that inhibits."""
    in_ratio: float
    """How many times the strong feature's weight in is that of the weak one."""
    gains: tuple[float, float]
    """Weight in times weight out of either feature in the shared neuron; 1 would be exact."""
    cancelled: float
    """The part of the noise that the inhibiting neuron takes away; above 1 it takes away more."""


def asymmetric_motifs(W: ArrayLike, W_out: ArrayLike) -> tuple[Motif, ...]:
    """All instances of asymmetric superposition with inhibition in one untied model.

    A neuron a reads features i and j, |W_ai| ≥ 2 |W_aj|, and its gains ``W_out,ia |W_ai|`` and
    ``W_out,ja |W_aj|`` both lie within 0.5 and 1.6. When x_i has the sign of W_ai, a also puts
    ``W_out,ja |W_ai|`` into output j, and another neuron, the one that then inhibits j most, takes away at
    least half of that. The thresholds are `RATIO`, `GAINS` and `CANCELLED` of this module.

    Parameters
    ----------
    W : array_like, shape (n_hidden, n_features)
        Of one model; axes of length one may stand in front.
    W_out : array_like, shape (n_features, n_hidden)

    Returns
    -------
    tuple of Motif
        By neuron; empty if there is none.
    """
    weights, out = rescaled(as_one_model(W), as_one_model(W_out))
    through = out.T * np.abs(weights)  # (neuron, feature): what comes out for a feature that turns it on
    fits = (through >= GAINS[0]) & (through <= GAINS[1])
    found: list[Motif] = []
    for a in range(len(weights)):
        for i, j in np.argwhere(fits[a][:, None] & fits[a]):
            if i != j and abs(weights[a, i]) >= RATIO * abs(weights[a, j]):
                motif = _inhibited(weights, out, a, int(i), int(j))
                if motif.cancelled >= CANCELLED:
                    found.append(motif)
    return tuple(found)


def _inhibited(weights: FloatArray, out: FloatArray, a: int, i: int, j: int) -> Motif:
    """Neuron a with strong feature i and weak feature j, and the other neuron that inhibits j most."""
    on = np.maximum(np.sign(weights[a, i]) * weights[:, i], 0.0)
    into_j = out[j] * on
    noise = into_j[a]
    into_j[a] = np.inf
    c = int(into_j.argmin())
    gains = (float(out[i, a] * abs(weights[a, i])), float(out[j, a] * abs(weights[a, j])))
    ratio = float(abs(weights[a, i]) / abs(weights[a, j]))
    return Motif((i, j), (a, c), ratio, gains, float(-into_j[c] / noise) if len(out.T) > 1 else 0.0)
