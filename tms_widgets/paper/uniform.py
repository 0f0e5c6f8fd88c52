"""E10, E11, E12, E14: *Uniform Superposition*, *Feature Dimensionality*, and the comment on pressure.

All features are alike, and only their density changes. Between x = 1/(1 − S) = 1.3 and 2, and again around 4,
the losses of the seeds of one density differ by less than a thousandth: which polytopes share the hidden
space is a matter of the seed there, so what is claimed of those densities is claimed of all seeds together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .. import measures
from ..core import Problem, Run
from .experiment import Claim, Experiment, Result
from .stored import X

SECTION = "5 The Geometry of Superposition"
UNIFORM = {"quality": "paper"}
"""Features that find their polytope late need more steps than the standard."""
COARSE = (1.0, 1.2, 1.3, 1.4, 1.47, 1.53, 2.1, 2.8, 3.3, 3.8, 4.5, 5.2, 6.3)
"""Fewer densities, at which the same polytopes are found."""
FEW = (1.0, 1.2, 2.1, 2.8, 3.3)
PLATEAU = (2.1, 3.4)
CHANGING = ((1.25, 2.1), (3.4, 5.0))
"""Between plateaus: how many polytopes have changed by a density differs from seed to seed."""
NEAR = 0.02
"""A dimensionality is on a guide line when it is no further from it."""
PRESSED = 1.59
LONGER = (1, 3, 10)
STEPS = 1000
"""Of E14, once."""

Array = NDArray[np.float64]


def uniform_problems(
    xs: Iterable[float] = X, n_features: int = 100, n_hidden: int = 12
) -> tuple[Problem, ...]:
    """The same features at each x = 1/(1 − S)."""
    return tuple(Problem(n_features, n_hidden, density=1.0 / x) for x in xs)


def x_of(run: Run) -> float:
    """1/(1 − S), rounded as the densities are chosen."""
    return round(1.0 / float(run.problem.density_vector[0]), 6)


def dimensionalities(run: Run) -> Array:
    """D_i of the represented features of all instances, one after another."""
    return measures.feature_dimensionality(run.W)[measures.represented(run.W)]


def share_near(D: Array, *lines: float, within: float = NEAR) -> float:
    """The part of the dimensionalities that lie on one of the lines; 0 if there are none."""
    if not len(D):
        return 0.0
    return float((np.abs(D[:, None] - np.array(lines)).min(axis=1) <= within).mean())


def share_on_lines(D: Array) -> float:
    """The part of the dimensionalities that lie on any guide line but 0."""
    return share_near(D, *(value for value in measures.LINES.values() if value > 0.0))


def _between(result: Result, low: float, high: float) -> list[Run]:
    return [run for run in result.runs if low <= x_of(run) <= high]


def _curve(result: Result, n_hidden: int) -> dict[float, float]:
    """D* of the best instance, by x."""
    runs = result.where(n_hidden=n_hidden)
    return {x_of(run): float(measures.dimensions_per_feature(run.best.W[0])) for run in runs}


def _sizes(result: Result) -> list[int]:
    return sorted({run.problem.n_hidden for run in result.runs})


def _plateau(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for m in _sizes(result):
        values = {x: D for x, D in _curve(result, m).items() if PLATEAU[0] <= x <= PLATEAU[1]}
        holds &= all(abs(D - 0.5) < 0.03 for D in values.values())
        seen.append(f"m={m}: " + ", ".join(f"{D:.3f} at {x:g}" for x, D in values.items()))
    return holds, "; ".join(seen)


def _dense_end(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for m in _sizes(result):
        values = {x: D for x, D in _curve(result, m).items() if x <= 1.2}
        holds &= all(abs(D - 1.0) < 0.06 for D in values.values()) and abs(values[1.0] - 1.0) < 0.02
        seen.append(f"m={m}: " + ", ".join(f"{D:.3f} at {x:g}" for x, D in values.items()))
    return holds, "; ".join(seen)


def _doubled(result: Result) -> tuple[bool, str]:
    small, large = (_curve(result, m) for m in _sizes(result)[-2:])
    off = {x: abs(small[x] - large[x]) for x in small.keys() & large.keys()}
    changing = {x for x in off if any(low < x < high for low, high in CHANGING)}
    steady = max(off[x] for x in off if x not in changing)
    between = max((off[x] for x in changing), default=0.0)
    return steady < 0.05 and between < 0.15, (
        f"m={_sizes(result)[-2:]}: at most {steady:.3f} apart, {between:.3f} where the polytopes change"
    )


def _tetrahedra(result: Result) -> tuple[bool, str]:
    shares = {
        x_of(run): (
            share_near(dimensionalities(run), 3 / 4, within=0.05),
            share_near(dimensionalities(run), 2 / 3),
        )
        for run in _between(result, 1.3, 1.47)
    }
    return shares[1.3][0] >= 0.7, "; ".join(
        f"x={x:g}: {100 * tetrahedra:.0f} %, {100 * triangles:.0f} % triangles"
        for x, (tetrahedra, triangles) in shares.items()
    )


def _triangles(result: Result) -> tuple[bool, str]:
    shares = {x_of(run): share_near(dimensionalities(run), 2 / 3) for run in _between(result, 1.5, PRESSED)}
    return shares[1.53] > 0.6, "; ".join(f"x={x:g}: {100 * share:.0f} %" for x, share in shares.items())


def _digons(result: Result) -> tuple[bool, str]:
    shares = {x_of(run): share_near(dimensionalities(run.best), 1 / 2) for run in _between(result, 2.4, 3.3)}
    return min(shares.values()) >= 0.95, "; ".join(
        f"x={x:g}: {100 * share:.0f} %" for x, share in shares.items()
    )


def _mixed(result: Result) -> tuple[bool, str]:
    (run,) = _between(result, 4.5, 4.5)
    each = [share_near(dimensionalities(one), 1 / 2, 2 / 5, 3 / 8) for one in run]
    # one seed in ten has next to none, and may be the best: their losses differ by less than a thousandth
    return max(each) >= 0.4, f"by seed {[round(share, 2) for share in each]}"


def _no_levels(result: Result) -> tuple[bool, str]:
    shares = {x_of(run): share_on_lines(dimensionalities(run)) for run in _between(result, 6.0, np.inf)}
    return max(shares.values()) < 0.25, "; ".join(
        f"x={x:g}: {100 * share:.0f} %" for x, share in shares.items()
    )


def _sum_is_m(result: Result) -> tuple[bool, str]:
    sums = [measures.feature_dimensionality(run.W).sum(axis=-1) / run.problem.n_hidden for run in result.runs]
    low, high = float(min(part.min() for part in sums)), float(max(part.max() for part in sums))
    return 0.98 < low <= high < 1.02, f"ΣD_i/m from {low:.4f} to {high:.4f}, all seeds"


def components(run: Run) -> Counter[str]:
    """How many components the feature graphs of all instances have, by name, pentagons regular or not."""
    return Counter(
        component.name.removeprefix("regular ")
        for W in run.W
        for component in measures.feature_graph(W).components
    )


def _all_digons(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for run in _between(result, 2.4, 3.3):
        graph = measures.feature_graph(run.best.W[0])
        names = {component.name for component in graph.components}
        pairs = {tuple(sorted(component.features)) for component in graph.components}
        drawn = {tuple(edge) for edge in graph.edges.tolist()}
        holds &= names == {"digon"} and pairs == drawn
        seen.append(f"x={x_of(run):g}: {len(graph.components)} {', '.join(sorted(names))}")
    return holds, "; ".join(seen)


def _found_by_name(result: Result) -> tuple[bool, str]:
    by_x = {x_of(run): components(run) for run in result.runs}
    wanted = ("tetrahedron", "triangle", "digon", "pentagon", "square antiprism")
    where = {name: [x for x, found in by_x.items() if found[name]] for name in wanted}
    return all(where.values()), "; ".join(f"{name}: x = {xs}" for name, xs in where.items())


def _in_order(result: Result) -> tuple[bool, str]:
    """The mean x at which a polytope is found, weighted by how many there are, rises down the guide lines."""
    by_x = {x_of(run): components(run) for run in result.runs}
    means = {}
    for name in ("tetrahedron", "triangle", "digon", "pentagon"):
        found = [x for x, counts in by_x.items() for _ in range(counts[name])]
        means[name] = float(np.mean(found)) if found else np.nan
    values = list(means.values())
    holds = all(first < second for first, second in pairwise(values))  # and none is nan
    return holds, ", ".join(f"{name} {x:.2f}" for name, x in means.items())


def pressure(sizes: Iterable[int], longer: Iterable[int] = LONGER) -> Experiment:
    """E14 for these numbers of features, each trained so many times as long."""
    cases = [(n, times) for n in sizes for times in longer]
    return Experiment(
        id="E14",
        section="Comments: Fractional Dimensionality and “Pressure”",
        title="Pressure",
        summary=f"More features than twelve dimensions can hold, at x = {PRESSED:g}: the more compete, and "
        "the longer they are trained, the more of those represented lie on a guide line.",
        problems=tuple(Problem(n, 12, density=1.0 / PRESSED) for n, _ in cases),
        settings=tuple({"steps": STEPS * times} for _, times in cases),
        n_seeds=6,
        n_frames=1,
        quick={"n_seeds": 2},
        claims=(
            Claim("Of 100 features more lie on lines than of 40, over all lengths of training", _pressed),
            Claim("A hundred features trained ten times as long have more on the lines", _longer),
        ),
    )


def line_shares(result: Result) -> dict[tuple[int, int], float]:
    """The part on guide lines, the mean of the seeds, by number of features and how many times as long."""
    return {
        (run.problem.n_features, run.schedule.steps // STEPS): float(
            np.mean([share_on_lines(dimensionalities(one)) for one in run])
        )
        for run in result.runs
    }


def _shown(shares: dict[tuple[int, int], float]) -> str:
    return "; ".join(f"n={n}, ×{times}: {share:.2f}" for (n, times), share in shares.items())


def _pressed(result: Result) -> tuple[bool, str]:
    shares = line_shares(result)
    last = max(times for _, times in shares)
    many, few = (
        float(np.mean([share for (n, _), share in shares.items() if n == size])) for size in (100, 40)
    )
    return shares[100, last] > 0.7 and many > few + 0.03, _shown(shares)


def _longer(result: Result) -> tuple[bool, str]:
    shares = line_shares(result)
    first, *_, last = sorted({times for _, times in shares})
    return shares[100, last] > shares[100, first] + 0.1, _shown(shares)


E10 = Experiment(
    id="E10",
    section=SECTION,
    title="Dimensions per feature",
    summary="D* = m/‖W‖² over the density: it stays at 1 while features are dense, and at ½ over a wide "
    "range in which all that are represented are antipodal pairs. Half of everything gives the same curve.",
    problems=(*uniform_problems(n_features=50, n_hidden=6), *uniform_problems()),
    settings=UNIFORM,
    n_seeds=3,
    n_frames=1,
    claims=(
        Claim("D* stays within .03 of ½ from x = 2.1 to 3.4", _plateau),
        Claim("D* goes to 1 as features become dense", _dense_end),
        Claim("Twice the features in twice the dimensions: the same curve", _doubled),
    ),
    quick={
        "problems": (*uniform_problems(FEW, n_features=50, n_hidden=6), *uniform_problems(COARSE)),
        "n_seeds": 2,
    },
)

E11 = Experiment(
    id="E11",
    section=SECTION,
    title="Feature dimensionality",
    summary="The dimensionalities of single features lie on lines: ¾ for tetrahedra, ⅔ for triangles, ½ for "
    "digons, ⅖ for pentagons, ⅜ for square antiprisms. Beyond x ≈ 5 the levels blur.",
    problems=uniform_problems(),
    settings=UNIFORM,
    n_seeds=3,
    n_frames=1,
    claims=(
        Claim("x = 1.3: at least 70 % lie within .05 of ¾ (tetrahedra); by 1.47 triangles gain", _tetrahedra),
        Claim("x = 1.53: most features lie within .02 of ⅔ (triangles)", _triangles),
        Claim("x = 2.4 to 3.3: at least 95 % lie within .02 of ½ (digons)", _digons),
        Claim("x = 4.5: in some seed many lie on ½, ⅖ or ⅜ (digons, pentagons, antiprisms)", _mixed),
        Claim("Beyond x = 6 there are no sharp levels", _no_levels),
        Claim("The dimensionalities of all features sum to m", _sum_is_m),
    ),
    quick={"problems": uniform_problems(COARSE), "n_seeds": 2},
)

E12 = Experiment(
    id="E12",
    section=SECTION,
    title="Feature graphs and their polytopes",
    summary="Joined where they interfere, the represented features fall into components: tegum factors in "
    "orthogonal subspaces, each of them a polytope that is named from its angles.",
    problems=uniform_problems(),
    settings=UNIFORM,
    n_seeds=3,
    n_frames=1,
    claims=(
        Claim("x = 2.4 to 3.3: every component is a digon, joined by the one edge of the graph", _all_digons),
        Claim("Tetrahedra, triangles, digons, pentagons and square antiprisms are all found", _found_by_name),
        Claim("The sparser, the lower the dimensionality: they follow each other in this order", _in_order),
    ),
    quick={"problems": uniform_problems(COARSE), "n_seeds": 2},
)

E14 = pressure((40, 100))
