"""Whether the fused engines train what the published recipe trains: its losses and its geometries.

The published recipe is run to its end, 10 000 steps of 1024 samples, from the same initial weights as the
engine's standard schedule; all models of a setting are judged on the same inputs. Seeds fall into different
minima, so a median wanders: beside the ratio of the medians stands the range in which it lies for most draws
of other seeds (a bootstrap), and beside the geometries the probability that chance alone makes counts as
different as these (a permutation test).
"""

from __future__ import annotations

import argparse
import dataclasses
from collections import Counter

import numpy as np
from numpy.typing import NDArray

import tms_widgets as tms
from tms_widgets.core.weights import Weights

from .published import BATCH, STEPS, Published, best_threads

SETTINGS = {
    tms.Problem(2, 1, density=0.3): 32,
    tms.Problem(3, 2, density=0.1): 32,
    tms.Problem(5, 2, importance=0.9, density=0.3): 32,
    tms.Problem(5, 2, importance=0.9, density=0.1): 32,
    tms.Problem(5, 2, importance=0.9, density=0.03): 32,
    tms.Problem(10, 5, importance=0.75, density=0.1): 16,
    tms.Problem(20, 5, importance=0.7, density=0.3): 16,
    tms.Problem(20, 5, importance=0.7, density=0.1): 16,
    tms.Problem(20, 5, importance=0.7, density=0.01): 16,
    tms.Problem(80, 20, importance=0.9, density=0.1): 4,
}
"""Problems, and how many models of each are trained either way."""
RESAMPLES = 4000
JUDGED_ON = 50_000


@dataclasses.dataclass(frozen=True)
class Comparison:
    """One setting, trained both ways."""

    problem: tms.Problem
    engine: str
    ours: NDArray[np.float64]
    theirs: NDArray[np.float64]
    """Losses, one a seed."""
    kinds: tuple[list[str], list[str]]
    """What each model has made of the features: our models, and theirs."""

    @property
    def ratio(self) -> float:
        """Our median loss over theirs."""
        return float(np.median(self.ours) / np.median(self.theirs))

    def ratios(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """The ratio for other draws of seeds; a seed starts both ways from the same weights."""
        draws = rng.integers(len(self.ours), size=(RESAMPLES, len(self.ours)))
        return np.median(self.ours[draws], axis=1) / np.median(self.theirs[draws], axis=1)

    def chance(self, rng: np.random.Generator) -> float:
        """The probability that chance alone makes the geometries as different as they are."""
        both, half = np.array([*self.kinds[0], *self.kinds[1]]), len(self.kinds[0])
        shuffled = (rng.permutation(both) for _ in range(RESAMPLES))
        seen = variation(both[:half], both[half:])
        return float(np.mean([variation(mixed[:half], mixed[half:]) >= seen for mixed in shuffled]))

    def line(self, rng: np.random.Generator) -> str:
        """A row of the table."""
        p, ratios = self.problem, self.ratios(rng)
        low, high = np.quantile(ratios, [0.05, 0.95])
        cells = (
            f"n={p.n_features} m={p.n_hidden} I={p.importance:g}^i p={p.density:g}",
            self.engine, str(len(self.ours)), f"{np.median(self.theirs):.5g}", f"{np.median(self.ours):.5g}",
            f"{self.ratio:.3f} ({low:.3f}–{high:.3f})", f"{self.ours.min() / self.theirs.min():.3f}",
            *(", ".join(f"{count} {kind}" for kind, count in Counter(k).most_common(4)) for k in self.kinds),
            f"{self.chance(rng):.2f}",
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"


COLUMNS = (
    "setting", "engine", "models", "published median loss", "ours", "ratio (90 %)", "ratio of the best",
    "our geometries", "published", "by chance",
)  # fmt: skip


def options(parser: argparse.ArgumentParser) -> None:
    """What can be shortened."""
    parser.add_argument("--steps", type=int, default=STEPS, help="of the published recipe (default 10000)")
    parser.add_argument("--settings", type=int, nargs="+", default=range(len(SETTINGS)), help="default: all")


def report(chosen: argparse.Namespace) -> None:
    """Train every setting both ways and print the table."""
    rng = np.random.default_rng()
    print(f"published: {chosen.steps} steps of {BATCH}\n")
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    for place in chosen.settings:
        problem, n_seeds = list(SETTINGS.items())[place]
        print(compare(problem, n_seeds, chosen.steps).line(rng), flush=True)
    print()


def compare(problem: tms.Problem, n_seeds: int, steps: int = STEPS) -> Comparison:
    """Train a problem both ways from fresh seeds."""
    first = int(np.random.default_rng().integers(2**31))
    problems, seeds = [problem] * n_seeds, range(first, first + n_seeds)
    best_threads(problems, seeds, steps=20)
    loop = Published(problems, seeds)
    loop.train(steps)
    run = tms.train(problem, n_seeds=n_seeds, seed=first, n_frames=1)
    ours, theirs = (
        tms.evaluate(problem, *weights, n_samples=JUDGED_ON).loss for weights in (run.weights, loop.weights)
    )
    return Comparison(problem, run.engine, ours, theirs, (kinds(run.weights), kinds(loop.weights)))


def kinds(weights: Weights) -> list[str]:
    """The name of each model's geometry, or of a large model how many features it represents."""
    if weights.W.shape[-1] <= 5:
        return [str(tms.measures.geometry(W)) for W in weights.W]
    return [f"{int(tms.measures.represented(W).sum())} represented" for W in weights.W]


def variation(one: NDArray[np.str_], other: NDArray[np.str_]) -> float:
    """How different the shares of the kinds are, 0 to 1."""
    return sum(abs(float((one == kind).mean() - (other == kind).mean())) for kind in {*one, *other}) / 2
