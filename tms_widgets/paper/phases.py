"""E7, E8, E9, E37: *Superposition as a Phase Change*. What becomes of one extra feature, and where it flips.

Each cell of a trained map has ten starts of its own, as in the paper. If the cells shared their starts, they
would fail together where a start is bad, and the averaged map would be another one with every ten starts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from .. import measures, theory
from ..core import Problem
from .experiment import Claim, Experiment, Later, Result
from .sampling import sampled_by_set

SECTION = "4 Superposition as a Phase Change"
SIDE = 20
"""Cells along each axis. An even number: at I = 1 the linear model would have no reason to choose."""
SEEDS = 10
POINTS = 8
"""Random densities and importances at which each closed form is sampled."""
SAMPLES = 30_000
SPARSE = 0.3
"""Below this density all but the least important features are worth keeping, so two of three pair up."""
WORSE = 1.01
"""A seed has failed when its loss is more than 1 % above the best of its cell."""
SUPERPOSITION = measures.PHASES.index("superposition")
ACTIVATIONS = ("relu", "squared_relu", "gelu", "linear")
"""Of E37, from the most superposition to none."""

Array = NDArray[np.float64]
Check = Callable[[Result], tuple[bool, str]]


def map_problems(n_features: int, n_hidden: int, side: int, activation: str = "relu") -> Iterator[Problem]:
    """The cells of a phase map, density by density from 1 to .01, importance of the last from .1 to 10."""
    for density in np.geomspace(1.0, 0.01, side):
        for last in np.geomspace(0.1, 10.0, side):
            importance = [1.0] * (n_features - 1) + [float(last)]
            yield Problem(
                n_features, n_hidden, importance=importance, density=float(density), activation=activation
            )


def _random_importances(count: int) -> Array:
    return 10.0 ** np.random.default_rng().uniform(-1.0, 1.0, count)


def _is_the_loss_of_its_weights(n: int, m: int) -> Check:
    """Integrated to rounding and sampled within .3 %, at random densities and importances."""

    def check(result: Result) -> tuple[bool, str]:
        rng = np.random.default_rng()
        p, last = rng.uniform(0.01, 1.0, POINTS), _random_importances(POINTS)
        importance = np.ones((POINTS, n))
        importance[:, -1] = last
        integrated, sampled = 0.0, 0.0
        for solution in theory.phase_solutions(n, m):
            exact, W, b = solution.loss(p, last), solution.W, solution.b(p)
            whole = theory.exact_loss(W, b, p[:, None], importance)
            drawn = [sampled_by_set(W, b[i], p[i], importance[i], SAMPLES, rng) for i in range(POINTS)]
            integrated = max(integrated, float(np.abs(whole / exact - 1.0).max()))
            sampled = max(sampled, float(np.abs(drawn / exact - 1.0).max()))
        return integrated < 1e-9 and sampled < 0.003, (
            f"off by at most {integrated:.1e} of the integral, {100 * sampled:.3f} % of the samples"
        )

    return check


def _change(n: int, m: int, importance: Array) -> Array:
    """The density at which the best solution changes, found by bisection."""
    low, high = np.full_like(importance, 1e-3), np.ones_like(importance)
    dense = theory.phase(n, m, high, importance)
    for _ in range(60):
        middle = (low + high) / 2.0
        same = theory.phase(n, m, middle, importance) == dense
        low, high = np.where(same, low, middle), np.where(same, middle, high)
    return high


def _changes_at(n: int, m: int, above: Callable[[Array], Array]) -> Check:
    """At p = 4I / (2 + 5I) for I < 1, and for I > 1 at ``above`` of I."""

    def check(result: Result) -> tuple[bool, str]:
        importance = _random_importances(100)
        found = _change(n, m, importance)
        expected = np.where(importance < 1.0, 4.0 * importance / (2.0 + 5.0 * importance), above(importance))
        off = float(np.abs(found - expected).max())
        at_one = theory.phase_losses(n, m, 4.0 / 7.0, 1.0)
        meet = float(np.ptp(at_one) / at_one[0])
        return off < 1e-9 and meet < 1e-12, (
            f"100 importances: off by at most {off:.1e}; at I = 1, p = 4/7 the losses differ by {meet:.1e}"
        )

    return check


def _is_first_order(n: int, m: int) -> Check:
    """The best loss goes on smoothly up to the change, and with another slope after it."""

    def check(result: Result) -> tuple[bool, str]:
        importance, step = _random_importances(100), 1e-6
        p = _change(n, m, importance)
        below, at, above = (
            theory.phase_losses(n, m, density, importance).min(axis=0) for density in (p - step, p, p + step)
        )
        jump = (above - at) / (at - below) - 1.0
        return bool((jump < -0.01).all()), (
            f"with p rising, dL/dp falls by {-100 * jump.max():.0f} to {-100 * jump.min():.0f} % at once"
        )

    return check


def _theory_claims(n: int, m: int, text: str, above: Callable[[Array], Array]) -> tuple[Claim, ...]:
    return (
        Claim("The closed forms are the losses of their weights", _is_the_loss_of_its_weights(n, m)),
        Claim(text, _changes_at(n, m, above)),
        Claim("The change is of the first order: dL/dp jumps", _is_first_order(n, m)),
    )


@dataclasses.dataclass(frozen=True)
class TrainedMap:
    """The models of one phase map, and what theory says about its cells."""

    density: Array
    """Of each cell."""
    importance: Array
    """Of the last feature, in each cell."""
    W: NDArray[np.float32]
    """Shape ``(cells, seeds, hidden, feature)``."""
    start: NDArray[np.float32]
    """The weights before training, of the same shape."""
    loss: Array
    """Shape ``(cells, seeds)``."""
    expected: NDArray[np.int64]
    """The phase of each cell by theory: an index into `tms_widgets.measures.PHASES`."""
    clear: NDArray[np.bool_]
    """Cells in which the two best theoretical losses differ by more than a tenth."""

    @classmethod
    def of(cls, result: Result, n_features: int) -> TrainedMap:
        """The map of so many features, out of the result of E9."""
        runs = result.where(n_features=n_features)
        size = n_features, runs[0].problem.n_hidden
        p = np.array([run.problem.density_vector[-1] for run in runs])
        last = np.array([run.problem.importance_vector[-1] for run in runs])
        kinds = np.array([measures.PHASES.index(one.kind) for one in theory.phase_solutions(*size)])
        best, second = np.sort(theory.phase_losses(*size, p, last), axis=0)[:2]
        return cls(
            p,
            last,
            np.stack([run.W for run in runs]),
            np.stack([run.frames.W[0] for run in runs]),
            np.stack([run.loss for run in runs]),
            kinds[theory.phase(*size, p, last)],
            second > 1.1 * best,
        )

    def best(self) -> NDArray[np.int64]:
        """The phase of the best model of each cell."""
        return measures.phase(self.W[np.arange(len(self.W)), self.loss.argmin(axis=1)])

    def average(self) -> NDArray[np.int64]:
        """The phase by the paper's average, of norm and interference, without the worst of each cell."""
        kept = self.loss.argsort(axis=1)[:, : max(1, self.loss.shape[1] - 1)]
        quantities = measures.feature_norms(self.W), measures.interference(self.W)
        return measures.phase_of(
            *(np.take_along_axis(array[..., -1], kept, axis=1).mean(axis=1) for array in quantities)
        )

    def failed(self) -> NDArray[np.bool_]:
        """Which models ended in another minimum than the best of their cell, shape ``(cells, seeds)``."""
        return self.loss > WORSE * self.loss.min(axis=1, keepdims=True)


def _best_agrees(n: int) -> Check:
    def check(result: Result) -> tuple[bool, str]:
        trained = TrainedMap.of(result, n)
        right = trained.best() == trained.expected
        everywhere, clear = float(right.mean()), float(right[trained.clear].mean())
        return everywhere >= 0.93 and clear >= 0.96, (
            f"{100 * everywhere:.1f} % of {len(right)} cells; {100 * clear:.1f} % of the "
            f"{trained.clear.sum()} in which the two best theoretical losses differ by over 10 %"
        )

    return check


def _average_agrees(n: int, bar: float) -> Check:
    def check(result: Result) -> tuple[bool, str]:
        trained = TrainedMap.of(result, n)
        share = float((trained.average() == trained.expected).mean())
        return share >= bar, f"{100 * share:.1f} % of cells, where {100 * trained.failed().mean():.0f} % fail"

    return check


def _starts_decide(result: Result) -> tuple[bool, str]:
    """Of two features in one dimension, those that fail began with both weights of the same sign."""
    trained = TrainedMap.of(result, 2)
    failed = trained.failed()
    same = trained.start.prod(axis=(-1, -2)) > 0.0
    blamed, others = float(same[failed].mean()), float(failed[~same].mean())
    return bool(blamed > 0.85 and others < 0.05), (
        f"{100 * blamed:.0f} % of those that fail; {100 * failed[same].mean():.0f} % of such starts fail, "
        f"of the others {100 * others:.1f} %"
    )


def _wrong_pairs(result: Result) -> tuple[bool, str]:
    """Of sparse features, three in two dimensions, those that fail have two others antipodal than the best.

    The pair gives up the two importances that it has, so the best one is without the last feature if that
    matters more than the others, and with it if it matters less.
    """
    trained = TrainedMap.of(result, 3)
    sparse = trained.density < SPARSE
    failed = trained.failed()[sparse]
    W = trained.W[sparse][failed]
    unit = W / np.linalg.norm(W, axis=-2, keepdims=True)
    cosine = np.swapaxes(unit, -1, -2) @ unit
    with_last = cosine[:, :2, 2].min(axis=1)
    matters = np.broadcast_to(trained.importance[sparse, None] > 1.0, failed.shape)[failed]
    wrong = np.where(matters, with_last, cosine[:, 0, 1])
    share = float((wrong < -0.95).mean())
    return share > 0.8, f"{100 * share:.0f} % of the {len(W)} that fail below p = {SPARSE:g}"


def trained_maps(side: int) -> Experiment:
    """E9 with so many cells along each axis."""
    return Experiment(
        id="E9",
        section=SECTION,
        title="The trained phase maps",
        summary="Ten models in each cell of both maps. The best of them is what the theory predicts; the "
        "paper's average of nine also counts the seeds that end in a wrong minimum. The start decides: two "
        "weights of the same sign would have to pass through 0, over a hill of the loss, to become "
        "antipodal, and of three features the wrong two may pair up, and do not part again.",
        problems=Later(lambda: (*map_problems(2, 1, side), *map_problems(3, 2, side))),
        n_seeds=SEEDS,
        n_frames=2,
        claims=(
            Claim("Two features: the best of ten is in the phase of the theory", _best_agrees(2)),
            Claim("Three features: the best of ten is in the phase of the theory", _best_agrees(3)),
            Claim(
                "Two features: the average of the best nine too, in 85 % of cells", _average_agrees(2, 0.85)
            ),
            Claim("Three features: the average too, in 70 % of cells", _average_agrees(3, 0.70)),
            Claim("Two features: seeds that fail began with weights of the same sign", _starts_decide),
            Claim("Three sparse features: seeds that fail have paired up the wrong two", _wrong_pairs),
        ),
    )


def superposed_cells(result: Result) -> dict[str, int]:
    """In how many cells the best model has the second feature in superposition, by activation."""
    counts: dict[str, int] = dict.fromkeys(ACTIVATIONS, 0)
    for run in result.runs:
        counts[run.problem.activation] += int(measures.phase(run.best.W[0]) == SUPERPOSITION)
    return counts


def _activations_differ(result: Result) -> tuple[bool, str]:
    counts = superposed_cells(result)
    relu, squared, gelu, linear = counts.values()
    cells = len(result.runs) // len(counts)
    return relu > squared > gelu > linear == 0, f"of {cells} cells each: {counts}"


E7 = Experiment(
    id="E7",
    section=SECTION,
    title="The exact phases of two features in one dimension",
    summary="Three natural solutions, [1, 0], [0, 1] and the antipodal [1, −1], with their exact losses; "
    "where two of them cross, the best one changes at once.",
    claims=_theory_claims(
        2,
        1,
        "The best changes at p = 4I/(2 + 5I) for I ≤ 1, at 4/(5 + 2I) for I ≥ 1",
        lambda last: 4 / (5 + 2 * last),
    ),
)

E8 = Experiment(
    id="E8",
    section=SECTION,
    title="The exact phases of three features in two dimensions",
    summary="Four natural solutions, named by the direction that they ignore. A feature that matters more "
    "than the others is never in superposition: the others are.",
    claims=_theory_claims(
        3,
        2,
        "The best changes at p = 4I/(2 + 5I) for I ≤ 1, at p = 4/7 for I ≥ 1",
        lambda last: np.full_like(last, 4 / 7),
    ),
)

E9 = trained_maps(SIDE)

E37 = Experiment(
    id="E37",
    section="Comments: Replication & Forthcoming Paper",
    title="Phase maps of other activation functions",
    summary="The map of two features in one dimension with a ReLU, its square, a GELU and no activation: "
    "how much superposition there is depends on what follows the hidden space.",
    problems=Later(lambda: (one for name in ACTIVATIONS for one in map_problems(2, 1, SIDE, name))),
    n_seeds=SEEDS,
    n_frames=1,
    claims=(
        Claim(
            "Cells in superposition: ReLU more than squared ReLU, more than GELU, more than 0; linear 0",
            _activations_differ,
        ),
    ),
)
