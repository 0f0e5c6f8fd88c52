"""E38: *Nonlinear Compression*. Two dimensions in one, by a network whose weights are written down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .. import theory
from .experiment import Claim, Experiment, Result

LEVELS, WIDTH = 3, 0.1
"""The paper's example: Z and ε."""
SAMPLES = 100_000

Array = NDArray[np.float64]


def uniform_points(count: int = SAMPLES) -> Array:
    """Fresh points (x, y), uniform and dense, shape (count, 2)."""
    return np.random.default_rng().random((count, 2))


def sampled_loss(levels: int, width: float) -> tuple[float, float]:
    """The mean squared error a dimension of the network on fresh points, and its standard error."""
    points = uniform_points()
    errors = np.square(theory.compression_network(levels, width)(points) - points).mean(axis=1)
    return float(errors.mean()), float(errors.std() / SAMPLES**0.5)


def linear_loss(direction: Array) -> float:
    """The mean squared error a dimension when a linear map keeps one direction and the answer is the best."""
    points = uniform_points()
    kept = np.stack([points @ direction, np.ones(len(points))], axis=1)
    answers = kept @ np.linalg.lstsq(kept, points, rcond=None)[0]
    return float(np.square(points - answers).mean())


def _beats_linear(result: Result) -> tuple[bool, str]:
    mean, error = sampled_loss(LEVELS, WIDTH)
    gain = 1.0 - (mean + 4.0 * error) / theory.LINEAR_COMPRESSION_LOSS
    return gain > 0.4, f"{mean:.5f} against {theory.LINEAR_COMPRESSION_LOSS:.5f}: {100 * gain:.1f} % less"


def _best_linear(result: Result) -> tuple[bool, str]:
    angles = np.append(np.random.default_rng().uniform(0.0, np.pi, 5), [0.0, np.pi / 4, np.pi / 2])
    losses = [linear_loss(np.array([np.cos(angle), np.sin(angle)])) for angle in angles]
    off = np.abs(np.array(losses) / theory.LINEAR_COMPRESSION_LOSS - 1.0).max()
    return bool(off < 0.015), f"x, y, their mean and 5 random directions: within {100 * off:.2f} % of 1/24"


def _formula(result: Result) -> tuple[bool, str]:
    """The network's t is the formula's but where x is on a ramp, which is ε of every inner step."""
    Z, width = LEVELS, WIDTH
    points = uniform_points()
    t = theory.compression_network(Z, width).encode(points)
    off = np.abs(t - (np.floor(Z * points[:, 0]) + points[:, 1]) / Z)
    jump = np.clip(np.round(Z * points[:, 0]), 1, Z - 1)
    ramp = np.abs(Z * points[:, 0] - jump) < width / 2
    share = float(ramp.mean())
    wanted = (Z - 1) * width / Z
    return off[~ramp].max() < 1e-9 and abs(share - wanted) < 0.01 and off[ramp].max() > 0.1 / Z, (
        f"off by {off[~ramp].max():.0e}, and by up to {off[ramp].max():.2f} on ramps, {100 * share:.1f} %"
    )


def _exact(result: Result) -> tuple[bool, str]:
    rng = np.random.default_rng()
    largest = 0.0
    for _ in range(6):
        Z, width = int(rng.integers(1, 10)), float(rng.uniform(0.01, 1.0))
        mean, error = sampled_loss(Z, width)
        largest = max(largest, abs(mean - theory.compression_loss(Z, width)) / error)
    # 6 normal numbers are beyond 5 once in 300 000 times
    return largest < 5.0, f"6 random Z and ε: |z| ≤ {largest:.2f}"


def _small_widths(result: Result) -> tuple[bool, str]:
    """What is left of the loss without ramps, and what ramps add, first of all."""
    off = 0.0
    for Z in range(1, 12):
        rounding, ramps = 1 / (24 * Z**2), (Z - 1) * (3 * Z**2 + 1) / (24 * Z**3)
        off = max(off, abs(theory.compression_loss(Z, 0.0) / rounding - 1.0))
        slope = (theory.compression_loss(Z, 1e-4) - theory.compression_loss(Z, 0.0)) / 1e-4
        off = max(off, abs(slope - ramps))
    return off < 1e-3, f"Z = 1 to 11: off by at most {off:.1e}"


E38 = Experiment(
    id="E38",
    section="Comments: Nonlinear Compression",
    title="Nonlinear compression",
    summary="Two dimensions pass through one: a network of ReLUs rounds x to Z levels and puts y into what "
    "is left of the precision. Ramps of width ε take the place of jumps; it is far better than linear.",
    claims=(
        Claim("Z = 3 and ε = .1 lose at least 40 % less than the best linear compression", _beats_linear),
        Claim("Whatever direction a linear compression keeps, it loses 1/24 a dimension", _best_linear),
        Claim("The network is the formula, but on ramps", _formula),
        Claim("The exact loss is the sampled loss, whatever Z and ε", _exact),
        Claim("Small ε: rounding, 1/(24 Z²), and ε (Z − 1)(3Z² + 1)/(24 Z³) for the ramps", _small_widths),
    ),
)
