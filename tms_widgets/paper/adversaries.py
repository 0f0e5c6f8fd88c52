"""E23, E24, E25: *Relationship to Adversarial Robustness*.

The paper states the attacks, λ(WᵀW)_i/‖(WᵀW)_i‖, their length, a tenth of the average length of an input,
and that the worst of them counts; for training, that a random one is taken, and lengths up to .8. Ours are
the models (those of *Uniform Superposition*, and of *Basic Results* for training), what harm is measured
against (a model that gives m features a dimension each), and both readings of "the worst": one attack for
all inputs, and the worst for each.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import measures
from ..core import Problem, Run
from ..core.evaluation import evaluation_sample
from .experiment import Claim, Experiment, Result
from .stored import X
from .uniform import PLATEAU, UNIFORM, uniform_problems, x_of

SECTION = "8 Relationship to Adversarial Robustness"
SPARSER = (14.0, 20.0)
"""1/(1 − S) beyond the other sweeps: within them the universal attack only just triples its harm."""
SPARSE = (0.02, 0.01, 0.003)
TENTH = measures.adversary.SIZE
LONG = 2.0
"""Length of an attack, in average inputs, that overcomes the bias of the outputs even at the sparsest."""
FRACTIONS = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Lengths of the attacks that models are trained against, in average inputs."""
FEWER = (0.0, 0.2, 0.8)
SEPARATE = 0.1
"""Mean interference of features that have a dimension each."""
TRAINED = Problem(20, 5, importance=0.7, density=0.1)
COARSE = (1.0, 1.2, 1.7, 2.8, 4.5, 8.0, 20.0)
SAMPLES = 1024
ASCENT_SAMPLES = 512
TELLING = 1e-6
"""Losses of one input differ when they are further apart: they are taken in single precision."""


@dataclasses.dataclass(frozen=True)
class Exposure:
    """The best model of a density under attack; harm in units of that done without superposition."""

    x: float
    """1/(1 − S)."""
    features_per_dimension: float
    """‖W‖²_F / m, the inverse of D*."""
    universal: float
    """Harm of the one attack for all inputs that is worst on average."""
    per_sample: float
    """Harm when each input gets the attack that is worst for it."""


@functools.lru_cache(maxsize=64)
def exposure(run: Run) -> Exposure:
    """How vulnerable the best model of a run is."""
    best = run.best
    found = measures.vulnerability(best, n_samples=SAMPLES)
    features = 1.0 / float(measures.dimensions_per_feature(best.W[0]))
    return Exposure(x_of(run), features, float(found.universal[0]), float(found.per_sample[0]))


def exposures(result: Result) -> list[Exposure]:
    """How vulnerable the best model of each density is."""
    return [exposure(run) for run in result.runs]


def _correlation(models: Sequence[Exposure], name: str) -> float:
    columns = [[getattr(one, field) for one in models] for field in (name, "features_per_dimension")]
    return float(np.corrcoef(columns)[0, 1])


def _listed(models: Iterable[Exposure], name: str) -> str:
    return ", ".join(f"{getattr(one, name):.2f} at {one.x:g}" for one in models)


def _harmless(result: Result) -> tuple[bool, str]:
    models = exposures(result)
    dense = [one for one in models if one.x <= 1.2]
    return all(abs(one.universal - 1.0) < 0.15 and one.per_sample < 1.4 for one in dense), (
        f"universal {_listed(dense, 'universal')}; per sample {_listed(dense, 'per_sample')}"
    )


def _doubles(result: Result) -> tuple[bool, str]:
    models = exposures(result)
    digons = [one for one in models if PLATEAU[0] <= one.x <= PLATEAU[1]]
    return all(abs(one.universal / 2.0 - 1.0) < 0.1 for one in digons), _listed(digons, "universal")


def _triples(result: Result) -> tuple[bool, str]:
    models = exposures(result)
    most = max(models, key=lambda one: one.universal)
    return most.universal > 3.0, f"{most.universal:.2f} at x={most.x:g}"


def _follows(result: Result) -> tuple[bool, str]:
    models = exposures(result)
    r = _correlation(models, "universal")
    return r >= 0.9, f"r = {r:.3f}; " + _listed(models, "universal")


def _much_more(result: Result) -> tuple[bool, str]:
    models = exposures(result)
    r, sparsest = _correlation(models, "per_sample"), max(models, key=lambda one: one.x)
    digons = [one for one in models if PLATEAU[0] <= one.x <= PLATEAU[1]]
    holds = r >= 0.97 and all(one.per_sample > 2.5 for one in digons)
    return holds and sparsest.per_sample > 4.0 * sparsest.universal, (
        f"r = {r:.3f}; " + _listed(models, "per_sample")
    )


def masked_problems(densities: Iterable[float]) -> tuple[Problem, ...]:
    """Fifty rare features in six dimensions, at each density."""
    return tuple(Problem(50, 6, density=p) for p in densities)


@dataclasses.dataclass(frozen=True)
class Ascent:
    """Projected gradient ascent on each input against the worst attack of known form on the same input.

    Shares are probabilities: they count every input, those without an active feature among them.
    """

    fraction: float
    """Length of the attacks, in average inputs."""
    silent: float
    """Share of inputs at which the gradient is exactly zero."""
    less: float
    """Share of inputs on which the ascent finds less."""
    more: float
    """Share on which it finds more."""
    found: float
    """Average rise of the loss that the ascent finds."""
    known: float
    """That of the worst attacks of known form."""


@functools.lru_cache(maxsize=64)
def ascent(run: Run, fraction: float, seed: int | None = None) -> Ascent:
    """Compare the two on the best model of a run; ``seed`` starts the ascent at random points of the ball."""
    best, problem = run.best, run.problem
    W, b = best.W[0], best.b[0]
    x, weight, _ = evaluation_sample(problem, ASCENT_SAMPLES, seed=0)
    size = measures.attack_size(problem, fraction)
    before = measures.attacked_losses(problem, W, b, x)
    attacks = measures.analytic_attacks(W, size)
    known = measures.losses_of_attacks(problem, W, b, x, attacks).max(axis=1) - before
    steps = measures.pgd_attack(problem, W, b, x, size, seed=seed)
    found = measures.attacked_losses(problem, W, b, x, steps) - before
    silent = ~measures.loss_gradient(problem, W, b, x).any(axis=1)
    return Ascent(
        fraction,
        silent=float(weight @ silent),
        less=float(weight @ (found < known - TELLING)),
        more=float(weight @ (found > known + TELLING)),
        found=float(weight @ found),
        known=float(weight @ known),
    )


def _silent(result: Result) -> tuple[bool, str]:
    shares = {run.problem.density: ascent(run, TENTH).silent for run in result.runs}
    return min(shares.values()) > 0.5, ", ".join(
        f"{100 * share:.0f} % at p={p:g}" for p, share in shares.items()
    )


def _as_good_where_it_sees(result: Result) -> tuple[bool, str]:
    found = {run.problem.density: ascent(run, TENTH) for run in result.runs}
    holds = all(one.found > 0.98 * one.known and one.less < one.more for one in found.values())
    return holds, "; ".join(
        f"p={p:g}: {one.found / one.known:.2f} times the harm, less on {100 * one.less:.1f} % and more on "
        f"{100 * one.more:.1f} % of inputs"
        for p, one in found.items()
    )


def _masked(result: Result) -> tuple[bool, str]:
    found = {run.problem.density: ascent(run, LONG) for run in result.runs}
    return all(one.less > 0.7 for one in found.values()), "; ".join(
        f"p={p:g}: less on {100 * one.less:.0f} % of inputs, {one.found / one.known:.2f} times the harm"
        for p, one in found.items()
    )


@dataclasses.dataclass(frozen=True)
class Hardened:
    """Models that were trained against attacks of one length: averages over the models."""

    interference: float
    """Mean over the represented features."""
    separate: float
    """Share of the models in which that is below .1."""
    represented: float
    """How many features are."""
    loss: float
    """Without attacks."""


def hardened(run: Run) -> Hardened:
    """What became of the models of a run."""
    counts, interference = measures.represented(run.W), measures.interference(run.W)
    each = np.array([one[some].mean() for one, some in zip(interference, counts, strict=True)])
    free = float((each < SEPARATE).mean())
    return Hardened(float(each.mean()), free, float(counts.sum(axis=-1).mean()), float(run.loss.mean()))


def by_length(result: Result) -> dict[float, Hardened]:
    """What became of the models, by the length of the attacks they were trained against."""
    return {run.attack: hardened(run) for run in result.runs}


def _listed_by_length(models: Mapping[float, Hardened]) -> str:
    return "; ".join(
        f"{a:g}: {one.interference:.3f}, {one.represented:.1f} features, "
        f"below .1 in {100 * one.separate:.0f} % of the models"
        for a, one in models.items()
    )


def _kept(result: Result) -> tuple[bool, str]:
    models = by_length(result)
    small = [one.interference for a, one in models.items() if a <= 0.2]
    return min(small) > 0.7, _listed_by_length(models)


def _removed(result: Result) -> tuple[bool, str]:
    models = by_length(result)
    large = models[0.8]
    return large.separate > 0.1 and large.interference < 0.25, _listed_by_length(models)


def _paid(result: Result) -> tuple[bool, str]:
    models = by_length(result)
    return models[0.8].loss > 2.0 * models[0.0].loss, ", ".join(
        f"{one.loss:.4f} at {a:g}" for a, one in models.items()
    )


def trained_against(fractions: Iterable[float], steps: int, batch_size: int) -> tuple[dict[str, Any], ...]:
    """How models are trained against attacks of each length."""
    schedule = {"steps": steps, "batch_size": batch_size, "learning_rate": 0.03}
    return tuple({"attack": a, **schedule} for a in fractions)


E23 = Experiment(
    id="E23",
    section=SECTION,
    title="Vulnerability to attacks",
    summary="How much a small vector added to the input raises the loss, in units of what it does to a model "
    "without superposition, over the density. One attack for all inputs harms about as many times more as "
    "there are features a dimension; the worst attack for each input harms far more.",
    problems=uniform_problems((*X, *SPARSER)),
    settings=UNIFORM,
    n_seeds=3,
    n_frames=1,
    claims=(
        Claim("While features are dense, attacks do little more harm than without superposition", _harmless),
        Claim("Universal: in digons an attack does twice the harm, within 10 %", _doubles),
        Claim("Universal: somewhere it does more than three times the harm", _triples),
        Claim("Universal: harm and features a dimension correlate, r ≥ .9", _follows),
        Claim("Per sample: over 2.5 times the harm in digons, then far more; r ≥ .97", _much_more),
    ),
    quick={"problems": uniform_problems(COARSE), "n_seeds": 1, "settings": {"quality": "draft"}},
)

E24 = Experiment(
    id="E24",
    section=SECTION,
    title="Masked gradients",
    summary="Projected gradient ascent against the worst attack of known form, input by input, for rare "
    "features. On most inputs every output is off and there is no gradient. A tenth of an average input does "
    "no harm there whatever its direction; a longer attack does, and the ascent does not find it.",
    problems=masked_problems(SPARSE),
    n_seeds=3,
    n_frames=1,
    claims=(
        Claim("At p ≤ .02 the gradient is exactly zero on most inputs", _silent),
        Claim(
            "A tenth of an input long: all in all, the ascent finds at least as much", _as_good_where_it_sees
        ),
        Claim("Two inputs long: on most inputs the ascent finds less", _masked),
    ),
    quick={"problems": masked_problems(SPARSE[:2]), "n_seeds": 1},
)

E25 = Experiment(
    id="E25",
    section=SECTION,
    title="Adversarial training",
    summary="Twenty features in five dimensions, trained on inputs each attacked on a random feature. "
    "Small attacks leave superposition as it is; to remove it they must be nearly as long as the inputs, and "
    "the model pays with its loss where nobody attacks.",
    problems=(TRAINED,) * len(FRACTIONS),
    settings=trained_against(FRACTIONS, steps=2000, batch_size=512),
    n_seeds=8,
    n_frames=1,
    claims=(
        Claim("Attacks of a fifth of an input or less leave the mean interference over .7", _kept),
        Claim(
            "Attacks of .8 bring it below .1 in some models or all, and below .25 on average",
            _removed,
        ),
        Claim("That more than doubles the loss without attacks", _paid),
    ),
    quick={
        "problems": (TRAINED,) * len(FEWER),
        "n_seeds": 6,
        "settings": trained_against(FEWER, steps=600, batch_size=256),
    },
)
