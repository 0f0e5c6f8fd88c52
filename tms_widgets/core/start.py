"""Where training starts: the weights before the first step."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray

from . import checks
from .problem import Problem
from .weights import Weights

Start = str | float
STARTS = ("xavier", "mirrored", "notebook")


def check_start(init: object, problem: Problem) -> Start:
    """One of `STARTS`, or the standard deviation of normal weights."""
    if isinstance(init, str):
        if init == "mirrored" and problem.architecture != "untied":
            raise checks.SettingError(
                f"init='mirrored' sets output weights, and {problem.architecture} has none of its own; "
                "use architecture='untied' or another init."
            )
        return checks.choice("init", init, STARTS)
    return checks.real("init", init, low=0.0, high=10.0, open_low=True, nearest_low=0.001)


def initial_weights(problems: Sequence[Problem], seeds: Sequence[int], init: Start = "xavier") -> Weights:
    """Weights of every instance before training; biases are 0.

    Each instance draws from its own stream, so its values do not depend on how many stand beside it.

    Parameters
    ----------
    problems : sequence of Problem
        One an instance, of one size and architecture.
    seeds : sequence of int
        One an instance.
    init : {"xavier", "mirrored", "notebook"} or float, default "xavier"
        ``xavier``: normal, of variance 2 / (n + m). ``mirrored``: neurons in pairs that read a feature
        with opposite signs, and output weights ``W_out = |W|ᵀ`` (*Computation in superposition*: from
        independent weights a large ``untied`` network gets stuck). ``notebook``: the published notebooks
        draw one three-dimensional tensor, whose scale depends on the number of instances; for
        comparisons. A number: normal, with that standard deviation.

    Returns
    -------
    Weights
        With an instance axis in front.
    """
    first, count = problems[0], len(seeds)
    n, m = first.n_features, first.n_hidden
    scale = _scale(init, n, m, count)
    if init == "mirrored":
        shapes = [((m + 1) // 2, n)]
    else:
        shapes = [(m, n), (n, m)] if first.architecture == "untied" else [(m, n)]
    drawn = _normals(seeds, sum(map(math.prod, shapes)))
    edges = np.cumsum([math.prod(shape) for shape in shapes])[:-1]
    parts = [
        (scale * part).astype(np.float32).reshape(count, *shape)
        for part, shape in zip(np.split(drawn, edges, axis=1), shapes, strict=True)
    ]
    b = np.zeros((count, n), np.float32)
    b_hidden = np.zeros((count, m), np.float32) if first.hidden_bias else None
    if init == "mirrored":
        half = parts[0]
        paired = np.concatenate([half, -half], axis=1)[:, :m]
        return Weights(paired, b, np.abs(paired).swapaxes(1, 2).copy(), b_hidden)
    return Weights(parts[0], b, parts[1] if len(parts) == 2 else None, b_hidden)


def _normals(seeds: Sequence[int], size: int) -> NDArray[np.float64]:
    """So many standard normal numbers of every seed's own stream, shape ``(seeds, size)``."""
    # one generator set to the beginning of each stream: to make a new one takes ten times as long
    bits = Philox(key=0)
    rng, start = Generator(bits), bits.state
    drawn = np.empty((len(seeds), size))
    for row, seed in zip(drawn, seeds, strict=True):
        start["state"]["key"][0] = seed
        bits.state = start
        rng.standard_normal(out=row)
    return drawn


def _scale(init: Start, n: int, m: int, count: int) -> float:
    if isinstance(init, float):
        return init
    # xavier_normal_ of a tensor (instances, n, m) takes fan_in = n m and fan_out = instances · m
    fans = m * (n + count) if init == "notebook" else n + m
    return float(np.sqrt(2.0 / fans))
