"""What compressed sensing says about superposition, with its constants.

*Compressed Sensing* and *Connection between compressed sensing lower bounds and the toy model*: a linear map
to m dimensions from which every input with k of n features active can be recovered needs m = Ω(k log(n/k)).
With k = np active features that is m = Ω(n p log 1/p): at a given density the number of features grows with m
only linearly, but its slope x/ln x, x = 1/p, grows with sparsity.

The constant hidden in Ω follows from the proof, an argument of volumes (Do Ba, Indyk, Price, Woodruff 2010).
Let the recovery be within a factor C of the best k-sparse answer in ℓ1, and let T be a set of k-sparse
vectors of zeros and ones of which every two are at least k apart. Around each of them lies an ℓ1-ball of
radius r < k/(2C + 2), and no point of one ball may be mapped where a point of another is: both would be
recovered as the same vector, which is within (C + 1)r of both centres. So |T| copies of the image of the ball
lie side by side in the image of the ball of radius k + r, and |T| rᵐ ≤ (k + r)ᵐ:

    m ≥ ln |T| / ln(2C + 3).

A set T is a code of words of length k over ⌊n/k⌋ letters, and Gilbert's and Varshamov's bound says how many
words one has.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..core.checks import SettingError, integer, real
from .arrays import FloatArray, as_density

MAX_SIZE = 1_000_000


def compressed_sensing_bound(n_features: int, n_active: int, *, factor: float = 1.0) -> float:
    """Hidden dimensions below which k active features of n cannot be recovered, with all constants.

    The bound of the module for a recovery that is stable in ℓ1: ‖x - x̂‖₁ ≤ C · min ‖x - x'‖₁, over
    k-sparse x'. It is about ½ k ln(n/k) / ln(2C + 3) for large n/k, and a good deal less for small.

    Parameters
    ----------
    n_features : int
        n.
    n_active : int
        k, from 1 to n/2.
    factor : float, default 1
        C, from 1: how much worse than the best the recovery may be.

    Returns
    -------
    float
        Dimensions; at least 0.

    Raises
    ------
    SettingError
        If one of them lies outside.
    """
    n = integer("n_features", n_features, low=2, high=MAX_SIZE)
    k = integer("n_active", n_active, low=1, high=n // 2)
    C = real("factor", factor, low=1.0, high=1e6)
    return max(0.0, log_code_size(k, n // k)) / math.log(2 * C + 3)


def log_code_size(length: int, letters: int) -> float:
    """ln of how many words some code has of which every two differ in half of their letters, at least.

    Gilbert and Varshamov: qᵏ words, divided by how many differ from one in fewer than ⌈k/2⌉ places.

    Parameters
    ----------
    length : int
        k.
    letters : int
        q, from 2.
    """
    k = integer("length", length, low=1, high=MAX_SIZE)
    q = integer("letters", letters, low=2, high=MAX_SIZE)
    places = np.arange(math.ceil(k / 2))
    chosen = np.array([math.lgamma(k + 1) - math.lgamma(i + 1) - math.lgamma(k - i + 1) for i in places])
    near = np.logaddexp.reduce(chosen + places * math.log(q - 1))
    return k * math.log(q) - float(near)


def sparse_features_per_dimension(density: ArrayLike) -> FloatArray:
    """1 / (p ln 1/p) = x / ln x: how the features a dimension may grow with sparsity, up to a constant.

    Parameters
    ----------
    density : float or array
        p = 1 - S, above 0 and below 1. The curve has its minimum e at p = 1/e and means nothing for denser
        features: k = np active features of n are few only where p is small.

    Returns
    -------
    array, of the same shape
    """
    p = as_density(density)
    if not (p < 1.0).all():
        raise SettingError("density is 1, and ln 1 is 0; use one below 1, the nearest is 0.999.")
    return 1.0 / (p * np.log(1.0 / p))
