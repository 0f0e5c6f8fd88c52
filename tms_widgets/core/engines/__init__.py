"""The engines: two ways of taking the same training steps.

An engine is made for some instances and a schedule, and then trained to one recorded step after another:

    engine = FusedEngine(problems, seeds, schedule)
    loss, W, b, W_out = engine.advance(record)      # trains to each step of ``record``, in order

``reference`` is torch autograd: any architecture, any device, and the truth that ``fused`` is tested against.
``fused`` is a compiled loop for the cases that people drag sliders on.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..checks import SettingError
from ..problem import Problem

ENGINES = ("auto", "fused", "reference")

Weights = NDArray[np.float32]
Recorded = tuple[NDArray[np.float64], Weights, Weights, Weights | None]
"""Held-out loss, W, b and W_out at some recorded steps."""


class Engine(Protocol):
    """Instances under training."""

    def advance(self, record: NDArray[np.int64]) -> Recorded:
        """Train to each of these steps, in order, and return the losses and the weights there.

        Shapes ``(steps, instances)``, ``(steps, instances, hidden, feature)``,
        ``(steps, instances, feature)`` and, for ``untied``, ``(steps, instances, feature, hidden)``.
        """
        ...

    def judge(self, W: Weights, b: Weights, W_out: Weights | None) -> NDArray[np.float64]:
        """Held-out loss of each instance with these weights: the same inputs for all of a problem."""
        ...


def not_fused(problem: Problem) -> str:
    """Why the fused engine cannot train this problem, in words; empty when it can."""
    if problem.architecture not in ("linear", "relu_output"):
        return f"the {problem.architecture} architecture is trained by torch"
    if not problem.independent:
        return f"{problem.features} features are trained by torch"
    return ""


def choose_engine(problem: Problem, asked: str, device: str) -> tuple[str, str]:
    """The engine to use and why it is not the fused one (empty when it is)."""
    asked = checks.choice("engine", asked, ENGINES)
    reason = not_fused(problem) or ("" if device == "cpu" else f"device={device!r} is torch's")
    if asked == "fused" and reason:
        raise SettingError(f"engine='fused' was asked for, but {reason}; use engine='auto' or 'reference'.")
    if asked == "reference":
        return "reference", "asked for"
    return ("reference", reason) if reason else ("fused", "")


def initial_weights(problem: Problem, seed: int) -> tuple[Weights, Weights | None]:
    """W (and W_out) of one instance before training: Xavier-normal for a matrix of its own.

    Each instance draws from its own stream, so its scale and its values do not depend on how many are
    trained beside it (the published notebooks draw one three-dimensional tensor, whose scale does).
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    m, n = problem.n_hidden, problem.n_features
    scale = np.sqrt(2.0 / (n + m))
    W = (scale * rng.standard_normal((m, n))).astype(np.float32)
    if problem.architecture != "untied":
        return W, None
    return W, (scale * rng.standard_normal((n, m))).astype(np.float32)
