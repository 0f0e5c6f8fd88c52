"""What a phase map says: about an axis, a cell, a region, the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import measures
from .phase_plane import ExactPhases, Outcome, PhasePlane, Plane, ValuePlane

SAID = ("not represented", "dedicated", "in superposition")
"""The phases in a sentence."""
NOTES = {
    "best": "The best of {n} models: a single one often ends in a local minimum",
    "average": (
        "The paper averages norm and interference over {kept} models, without the worst: where some end in a "
        "local minimum of another phase, the colours mix and the boundary blurs"
    ),
    "single": "One model a cell: where it ends in a local minimum, the cell has the colour of another phase",
}
BEST_THERE_IS = "theory speaks of the best weights there are"


def note(protocol: str, n_seeds: int, theory: bool) -> str:
    """Why this protocol shows what it shows, in one sentence."""
    said = NOTES["single" if n_seeds == 1 else protocol].format(n=n_seeds, kept=n_seeds - 1)
    return f"{said}; {BEST_THERE_IS}." if theory else f"{said}."


def judged(protocol: str, n_seeds: int) -> str:
    """What stands for a cell."""
    if n_seeds == 1:
        return "one model"
    return f"best of {n_seeds}" if protocol == "best" else f"mean of {n_seeds - 1}"


def number(value: Any) -> str:
    """A coordinate as it is written: three digits of a number."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def axis_labels(plane: Plane) -> tuple[str, str]:
    """What is written along the horizontal and the vertical axis."""
    return _axis_label(plane, plane.x_name), _axis_label(plane, plane.y_name)


def _axis_label(plane: Plane, name: str) -> str:
    return {
        "1−S": "1 − S, density of the features",
        "S": "S, sparsity of the features",
        "I": "I, importance of the last feature",
        "r": "r, decay of the importances",
    }.get(symbol(plane, name), name)


def symbol(plane: Plane, name: str) -> str:
    """The paper's letter for a coordinate, or its name."""
    if name == "importance" and isinstance(plane, PhasePlane):
        return "r" if plane.decay else "I"
    return {"density": "1−S", "sparsity": "S"}.get(name, name)


def cells_named(plane: Plane) -> tuple[list[str], list[str]]:
    """What each row, from the top, and each column stands for."""
    rows, columns = symbol(plane, plane.y_name), symbol(plane, plane.x_name)
    return (
        [_coordinate(rows, value) for value in plane.y.values[::-1]],
        [_coordinate(columns, value) for value in plane.x.values],
    )


def _coordinate(letter: str, value: Any) -> str:
    """One coordinate of a cell; of a density the sparsity, too."""
    other = {"1−S": "S", "S": "1−S"}.get(letter)
    beside = "" if other is None else f" ({other} = {number(float(1 - value))})"
    return f"{letter} = {number(value)}{beside}"


def facts(
    plane: PhasePlane, outcome: Outcome, exact: ExactPhases | None, protocol: str
) -> tuple[list[dict[str, Any]], list[NDArray[np.float64]]]:
    """The numbers of every cell and their names, as `MapLayer.tell` takes them."""
    n = plane.dataset.sizes["feature"]
    fields: list[dict[str, Any]] = [
        {"name": "last feature:", "words": list(SAID)},
        {"name": f"loss ({judged(protocol, plane.n_seeds)})"},
        {"name": f"‖W_{n}‖"},
        {"name": "interference"},
    ]
    # weights are single: what is left of two perpendicular ones is 0
    numbers = [outcome.phase, outcome.loss, outcome.norm, np.round(outcome.interference, 6)]
    if exact is not None:
        for solution, losses in zip(exact.solutions, exact.losses, strict=True):
            said = SAID[measures.PHASES.index(solution.kind)]
            fields.append({"name": f"{solution.name}, {said}:", "group": "exact losses"})
            numbers.append(losses)
    return fields, numbers


def caption(
    plane: PhasePlane, outcome: Outcome, exact: ExactPhases | None, protocol: str, activation: str
) -> str:
    """What the whole map shows, in one sentence."""
    known = outcome.known
    sizes = plane.dataset.sizes
    words = "" if activation in ("relu", "") else f", {activation.replace('_', ' ')}"
    start = f"n = {sizes['feature']}, m = {sizes['hidden']}{words}, {judged(protocol, plane.n_seeds)}"
    if not known.any():
        return f"{start}: nothing is trained yet."
    cells = f"{known.size:,} cells" if known.all() else f"{known.sum():,} of {known.size:,} cells so far"
    return f"{start}: {shares(outcome, exact, known)}, in {cells}."


def caption_of_values(plane: ValuePlane) -> str:
    """What a map of any numbers shows, in one sentence."""
    finite = plane.values[np.isfinite(plane.values)]
    rows, columns = plane.shape
    extent = f"{rows * columns:,} cells over {plane.x_name} and {plane.y_name}"
    if not finite.size:
        return f"{plane.name}: nothing is known yet in {extent}."
    return f"{plane.name} from {finite.min():.4g} to {finite.max():.4g}, in {extent}."


def shares(outcome: Outcome, exact: ExactPhases | None, where: NDArray[np.bool_]) -> str:
    """How often each phase is met, and how often theory agrees."""
    phases = outcome.phase[where]
    parts = [f"{_percent(np.mean(phases == k))} {said}" for k, said in enumerate(SAID)]
    if exact is not None:
        parts.append(f"theory agrees in {_percent(np.mean(phases == exact.phase[where]))}")
    return ", ".join(parts)


def compared(
    plane: PhasePlane, outcome: Outcome, exact: ExactPhases | None, regions: Sequence[Sequence[int]]
) -> list[str]:
    """A sentence for each marked region."""
    said: list[str] = []
    for name, (top, left, bottom, right) in zip("AB", regions, strict=False):
        inside = np.zeros(plane.shape, bool)
        inside[top : bottom + 1, left : right + 1] = True
        known = inside & outcome.known
        ends = (
            f"{_span(symbol(plane, plane.x_name), plane.x.values[left], plane.x.values[right])}, "
            f"{_span(symbol(plane, plane.y_name), plane.y.values[::-1][bottom], plane.y.values[::-1][top])}"
        )
        count = int(known.sum())
        cells = f"{count:,} cell{'s' * (count != 1)}"
        what = shares(outcome, exact, known) if count else "nothing is trained here yet"
        said.append(f"{name} ({ends}; {cells}): {what}.")
    return said


def heading(
    plane: PhasePlane, outcome: Outcome, exact: ExactPhases | None, cell: tuple[int, int], protocol: str
) -> str:
    """What the chosen cell shows, in one sentence."""
    place = ", ".join(_coordinate(symbol(plane, name), value) for name, value in plane.at(cell).items())
    if not outcome.known[cell]:
        return f"{place}: not trained yet."
    said = SAID[int(outcome.phase[cell])]
    theory = "" if exact is None else f"; theory: {SAID[int(exact.phase[cell])]}"
    loss = f"loss {outcome.loss[cell]:.4g}"
    return f"{place}: the last feature is {said} ({judged(protocol, plane.n_seeds)}, {loss}){theory}."


def _span(letter: str, first: Any, last: Any) -> str:
    return f"{letter} {number(first)}" + ("" if first == last else f" to {number(last)}")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if 0 < share < 1 else f"{100 * share:.0f} %"
