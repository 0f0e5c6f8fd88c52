"""E26 to E28: *Superposition in a Privileged Basis*.

A ReLU on the hidden layer, x' = ReLU(Wᵀ ReLU(Wx) + b), makes its dimensions neurons. The paper gives n, m,
the importances and the thousand models of E27, and says nothing of how they were trained; densities, steps
and the models of E26 and E28 are ours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .. import measures
from ..core import Problem, Run, evaluate
from ..core.evaluation import evaluation_sample
from .experiment import Claim, Experiment, Result

SECTION = "9 Superposition in a Privileged Basis"
TEN = Problem(10, 5, importance=0.75)
DENSITIES = (1.0, 0.75, 0.5, 0.35, 0.25, 0.15, 0.1, 0.06, 0.03, 0.01)
FEWER = (1.0, 0.5, 0.35, 0.15, 0.03, 0.01)
"""Without the densities at which a second best of few hundred models has other neurons than the best."""
SHORT = {"steps": 600}
"""A thousand models need not be trained to the end, since the best of them is."""
UNTURNED = {"steps": 2000, "learning_rate": 0.06}
"""Features that are always active switch few neurons off, so W turns into the basis slowly."""
BIASED = (0.5, 0.15, 0.05)
CROWDED = (10, 30, 60)
CROWD_DENSITY = 0.25
SAMPLES = 4096
Array = NDArray[np.float64]


def neurons(density: float, **changes: object) -> Problem:
    """The problem of E27 at a density."""
    return TEN.replace(architecture="relu_hidden", density=density, **changes)


def monosemantic_neurons(run: Run) -> int:
    """How many neurons of a run's best model stand for one feature alone."""
    return int(measures.monosemantic(run.best.W[0]).sum())


def represented_features(run: Run) -> int:
    """How many features of a run's best model have ‖W_i‖ > ½."""
    return int(measures.represented(run.best.W[0]).sum())


def active_fraction(run: Run) -> Array:
    """The share of inputs that turn each neuron on, ReLU's argument above 0; shape ``(instance, neuron)``."""
    x, weight, _ = evaluation_sample(run.problem, SAMPLES, 0)
    before = x @ run.W.swapaxes(-1, -2)
    if run.b_hidden is not None:
        before += run.b_hidden[:, None, :]
    return np.einsum("q,kqa->ka", weight / weight.sum(), before > 0.0)


def turned_loss(run: Run) -> float:
    """The loss of a run's best model after a random rotation of its hidden space, over that before."""
    best = run.best
    m = run.problem.n_hidden
    rotation = np.linalg.qr(np.random.default_rng().normal(size=(m, m)))[0]
    W = np.concatenate([best.W, rotation @ best.W])
    before, after = evaluate(run.problem, W, best.b.repeat(2, axis=0)).loss
    return float(after / before)


def _aligned(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for hidden in result.where(architecture="relu_hidden"):
        p, m = hidden.problem.density, hidden.problem.n_hidden
        linear = measures.basis_alignment(result.run(architecture="relu_output", density=p).W)
        best, chance = float(measures.basis_alignment(hidden.best.W[0])), 3 / (m + 2)
        holds &= best > 0.9 and abs(linear.mean() - chance) < 0.1
        seen.append(
            f"p={p:g}: {best:.3f} with ReLU, {linear.mean():.3f} without "
            f"(±{linear.std():.3f} over {len(linear)} seeds; chance {chance:.3f})"
        )
    return holds, "; ".join(seen)


def _turning_counts(result: Result) -> tuple[bool, str]:
    linear = [turned_loss(run) for run in result.where(architecture="relu_output")]
    hidden = [turned_loss(run) for run in result.where(architecture="relu_hidden")]
    return max(abs(ratio - 1.0) for ratio in linear) < 1e-3 and min(hidden) > 1.02, (
        f"loss after / before: {', '.join(f'{ratio:.4f}' for ratio in linear)} with a linear hidden layer, "
        f"{', '.join(f'{ratio:.2f}' for ratio in hidden)} with ReLU"
    )


def _by_density(result: Result) -> list[Run]:
    return sorted(result.runs, key=lambda run: -float(run.problem.density_vector[0]))


def _fewer_and_fewer(result: Result) -> tuple[bool, str]:
    counts = {float(run.problem.density_vector[0]): monosemantic_neurons(run) for run in _by_density(result)}
    alone = [counts[p] for p in counts if p >= 0.5]
    none = [counts[p] for p in counts if p <= 0.06]
    falls = bool((np.diff(list(counts.values())) <= 0).all())
    return falls and min(alone) == 5 and max(none) == 0, _listed(counts)


def _both_kinds(result: Result) -> tuple[bool, str]:
    seen: list[str] = []
    for run in _by_density(result):
        stands = measures.features_of_neurons(run.best.W[0])
        alone, shared = stands.sum(axis=1) == 1, stands.sum(axis=1) > 1
        most_important = np.flatnonzero(stands[alone].any(axis=0)).tolist() == list(range(int(alone.sum())))
        if most_important and alone.sum() >= 2 and shared.any():
            seen.append(f"p={run.problem.density:g}: {alone.sum()} and {shared.sum()}")
    return bool(seen), "; ".join(seen) or "none"


def _more_and_more(result: Result) -> tuple[bool, str]:
    counts = {float(run.problem.density_vector[0]): represented_features(run) for run in _by_density(result)}
    values = list(counts.values())
    return values[0] == 5 and values[-1] >= 8 and bool((np.diff(values) >= 0).all()), _listed(counts)


def _listed(counts: dict[float, int]) -> str:
    return ", ".join(f"{count} at p={p:g}" for p, count in counts.items())


def _biased(result: Result, hidden_bias: bool) -> list[Run]:
    """Of the models that are trained with and without a hidden bias, by density."""
    return [result.run(hidden_bias=hidden_bias, density=p, n_features=10, importance=0.75,
                       architecture="relu_hidden") for p in BIASED]  # fmt: skip


def _positive(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for free, forced in zip(_biased(result, True), _biased(result, False), strict=True):
        share = float((free.b_hidden > 0.0).mean())  # pyright: ignore[reportOptionalOperand]
        on, off = (float(active_fraction(run.best).mean()) for run in (free, forced))
        holds &= share >= 0.9 and on >= 0.9 and off < min(0.9, on)
        seen.append(
            f"p={free.problem.density:g}: {100 * share:.0f} % of biases positive, neurons on for "
            f"{100 * on:.0f} % of inputs, {100 * off:.0f} % without"
        )
    return holds, "; ".join(seen)


def _no_better_than_linear(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for free, forced in zip(_biased(result, True), _biased(result, False), strict=True):
        p = free.problem.density
        linear = result.run(architecture="relu_output", density=p, n_features=10).best.loss[0]
        with_bias, without = (float(run.best.loss[0] / linear) for run in (free, forced))
        holds &= with_bias < 1.15 and (without > 1.5 or p == max(BIASED))
        seen.append(f"p={p:g}: {with_bias:.2f}, without the bias {without:.2f}")
    return holds, "; ".join(seen)


def _crowds_simulate(result: Result) -> tuple[bool, str]:
    ratios, fractions = [], []
    for n in CROWDED:
        crowd: dict[str, object] = {"n_features": n, "importance": 1.0}
        hidden = result.run(architecture="relu_hidden", **crowd)
        linear = result.run(architecture="relu_output", **crowd)
        ratios.append(float(hidden.best.loss[0] / linear.best.loss[0]))
        fractions.append(float(active_fraction(hidden.best).mean()))
    return ratios[0] > 1.7 and ratios[-1] < 1.05 and fractions[-1] > fractions[0] + 0.1, "; ".join(
        f"n={n}: loss {ratio:.2f} times the linear one's, neurons on for {100 * on:.0f} %"
        for n, ratio, on in zip(CROWDED, ratios, fractions, strict=True)
    )


def monosemanticity(densities: Sequence[float] = DENSITIES) -> Experiment:
    """E27 at these densities."""
    return Experiment(
        id="E27",
        section=SECTION,
        title="From monosemantic to polysemantic neurons",
        summary="Ten features on five neurons, dense to sparse, the best of a thousand models each: neurons "
        "that stand for one feature give way to neurons that several features share, and some densities "
        "have both kinds.",
        problems=tuple(neurons(p) for p in densities),
        n_seeds=1000,
        n_frames=1,
        settings=tuple(UNTURNED if p == 1.0 else SHORT for p in densities),
        quick={
            "problems": tuple(neurons(p) for p in FEWER),
            "n_seeds": 80,
            "settings": tuple(UNTURNED if p == 1.0 else SHORT for p in FEWER),
        },
        claims=(
            Claim(
                "Monosemantic neurons: 5 at p ≥ .5, none at p ≤ .06, and never more when sparser",
                _fewer_and_fewer,
            ),
            Claim(
                "At some density the most important features have neurons to themselves, others share",
                _both_kinds,
            ),
            Claim("Represented features: from 5 to 8 or more, and never fewer when sparser", _more_and_more),
        ),
    )


E26 = Experiment(
    id="E26",
    section=SECTION,
    title="A linear and a ReLU hidden layer",
    summary="Ten features in five hidden dimensions, with and without a ReLU on the hidden layer. With it "
    "features lie along neurons; without it they lie anywhere, since the hidden space may be turned.",
    problems=tuple(
        TEN.replace(architecture=kind, density=p)
        for p in (0.75, 0.5)
        for kind in ("relu_output", "relu_hidden")
    ),
    n_seeds=24,
    n_frames=1,
    claims=(
        Claim("Basis alignment: above .9 with ReLU, within .1 of random directions without", _aligned),
        Claim("A rotation changes the loss of the model with ReLU alone", _turning_counts),
    ),
)

E27 = monosemanticity()

E28 = Experiment(
    id="E28",
    section=SECTION,
    title="How the model avoids its hidden ReLU",
    summary="The identity needs no ReLU in the middle. With a bias neurons are shifted to where they are "
    "linear; without one, many features together do the same.",
    problems=(
        *(neurons(p, hidden_bias=bias) for bias in (True, False) for p in BIASED),
        *(TEN.replace(density=p) for p in BIASED),
        *(
            Problem(n, 5, density=CROWD_DENSITY, architecture=kind)
            for n in CROWDED
            for kind in ("relu_hidden", "relu_output")
        ),
    ),
    n_seeds=24,
    n_frames=1,
    quick={"n_seeds": 12},
    claims=(
        Claim("Hidden biases turn positive and neurons are on for 9 inputs of 10 or more", _positive),
        Claim(
            "With biases the loss is within 15 % of a linear hidden layer's; without, 1.5 times it (p ≤ .15)",
            _no_better_than_linear,
        ),
        Claim(
            "Without a bias, 60 features in 5 neurons come within 5 % of the linear loss; 10 are 70 % above",
            _crowds_simulate,
        ),
    ),
)
