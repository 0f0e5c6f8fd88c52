"""The microscope as a still picture, for pages without a kernel."""

from __future__ import annotations

import numpy as np

from .. import measures
from .looked_at import LookedAt
from .looking_svg import HEAD, ROW, bar, document, feature_colour, rectangle, rows_of, signed, text
from .svg import INK, LINE, NEGATIVE, POSITIVE

INPUT, HIDDEN, SUMS, ANSWER, COST = (34, 90), (150, 90), (290, 230), (570, 110), 760
"""Left end and width of the columns; the right end of the last."""
WIDTH = 770


def caption(model: LookedAt, trace: measures.Trace) -> str:
    """One sentence that says what is looked at, and what it costs."""
    active = ", ".join(f"{i} at {trace.x[i]:.3g}" for i in trace.active[:6])
    more = "" if len(trace.active) <= 6 else f" and {len(trace.active) - 6} more"
    who = f"active: {active}{more}" if active else "none active"
    wanted = "|x_j|" if model.problem.architecture == "untied" else "x_j"
    fee = " + λ Σ_a |h_a|" if model.problem.l1 else ""
    loss = f"loss of this input Σ_j I_j (x'_j − {wanted})²{fee} = {trace.loss:.3g}"
    return f"{model.n} features, {who}; {loss}. {model.caption}"


def picture(model: LookedAt, trace: measures.Trace) -> str:
    """Return an SVG document: x, h, the pieces of s, x' with what was wanted, and the cost."""
    rows = rows_of(model.n, trace.active, trace.cost)
    height = HEAD + ROW * len(rows) + 8
    heads = ((0, "input x"), (HIDDEN[0], "hidden h"), (SUMS[0], "s = Wᵀh + b: who contributed what"),
             (ANSWER[0], "output x' (|: wanted)"))  # fmt: skip
    parts = [text(x, 14, words) for x, words in heads]
    parts.append(text(COST, 14, "cost I·error²", anchor="end"))
    parts += _hidden(trace, len(rows))
    stacks = np.concatenate((trace.contributions, trace.constant[:, None]), axis=1)
    end = max(1.0, *np.maximum(stacks, 0).sum(axis=1), *np.maximum(-stacks, 0).sum(axis=1))
    top = max(1.0, float(trace.output.max()), float(trace.target.max()))
    low = min(0.0, model.problem.value_range[0], float(trace.output.min()))
    for row, j in enumerate(rows):
        y = HEAD + row * ROW
        parts.append(f'<circle cx="8" cy="{y + ROW / 2}" r="4" fill="{feature_colour(model, j)}"/>')
        parts.append(text(16, y + 13, str(j)))
        parts += bar(INPUT, y, trace.x[j], model.problem.value_range[0], 1.0, feature_colour(model, j))
        parts += _sums(model, trace, j, y, end)
        parts += bar(ANSWER, y, trace.output[j], low, top, LINE)
        wanted = ANSWER[0] + ANSWER[1] * (trace.target[j] - low) / (top - low)
        parts.append(rectangle(wanted - 1, y + 1, 2, ROW - 2, NEGATIVE))
        parts.append(text(COST, y + 13, f"{trace.cost[j]:.2g}", anchor="end"))
    return document(WIDTH, height, caption(model, trace), parts)


def _hidden(trace: measures.Trace, rows: int) -> list[str]:
    height = min(ROW, ROW * rows / len(trace.h))
    end = max(0.5, float(np.abs(trace.h).max()))
    middle = HIDDEN[0] + HIDDEN[1] / 2
    parts: list[str] = [rectangle(middle, HEAD, 1, height * len(trace.h), LINE)]
    for a, value in enumerate(trace.h):
        y, width = HEAD + a * height, HIDDEN[1] / 2 * abs(value) / end
        left = middle - width if value < 0 else middle
        parts.append(
            rectangle(left, y + 0.2 * height, width, 0.6 * height, NEGATIVE if value < 0 else POSITIVE)
        )
        if height >= 11:
            parts.append(text(HIDDEN[0] + HIDDEN[1] + 34, y + height - 4, signed(value), anchor="end"))
    return parts


def _sums(model: LookedAt, trace: measures.Trace, j: int, y: float, end: float) -> list[str]:
    """The pieces of s_j, stacked from 0 to both sides, and a mark at their sum."""
    left, width = SUMS
    unit, zero = width / 2 / end, left + width / 2
    parts = [rectangle(zero, y, 1, ROW, LINE)]
    ends = {True: zero, False: zero}
    pieces = [(trace.contributions[j, i], feature_colour(model, i)) for i in trace.active]
    for value, colour in (*pieces, (trace.constant[j], LINE)):
        if value == 0.0:
            continue
        start = ends[bool(value > 0)]
        ends[bool(value > 0)] = start + unit * value
        parts.append(
            rectangle(min(start, start + unit * value), y + 4, abs(unit * value), ROW - 8, colour, "#ffffff")
        )
    parts.append(rectangle(zero + unit * trace.s[j] - 1.5, y + 1, 3, ROW - 2, INK))
    parts.append(text(left + width + 34, y + 13, signed(trace.s[j]), anchor="end"))
    return parts
