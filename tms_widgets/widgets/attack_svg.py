"""An attack as a still picture, for pages without a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .looked_at import LookedAt
from .looking_svg import HEAD, ROW, bar, document, feature_colour, rectangle, rows_of, signed, text
from .svg import INK, LINE, NEGATIVE, POSITIVE

if TYPE_CHECKING:
    from .attack_view import Attacked

INPUT, SHIFT, ANSWER, MOVED = (34, 100), (190, 120), (370, 220), 660
"""Left end and width of the columns; the right end of the last."""
WIDTH = 680


def caption(model: LookedAt, attacked: Attacked, fraction: float) -> str:
    """One sentence that says what the attack is and what it does."""
    attack, broken = attacked.attack, attacked.broken
    which = "no output is broken" if not broken else f"broken: {', '.join(map(str, broken[:10]))}"
    more = f" and {len(broken) - 10} more" if len(broken) > 10 else ""
    return (
        f"{model.n} features; attack {'+' if attack.sign > 0 else '−'}ε (WᵀW)_i/‖(WᵀW)_i‖ with "
        f"i = {attack.feature}, ε = {fraction:.3g} E‖x‖ = {attack.size:.3g}: loss of this input "
        f"{attacked.loss_before:.3g} before, {attacked.loss_after:.3g} after; {which}{more} (moved by more "
        "than 1.1 ε)."
    )


def picture(model: LookedAt, x: np.ndarray, attacked: Attacked, fraction: float) -> str:
    """Return an SVG document: x, δ, the answers before and after, and by how much each moved."""
    delta, before, after = attacked.attack.perturbation, attacked.before, attacked.after
    active = (attacked.attack.feature, *(int(i) for i in np.flatnonzero(x)))
    rows = rows_of(model.n, active, np.abs(after - before))
    height = HEAD + ROW * len(rows) + 8
    parts = [
        text(0, 14, "input x"),
        text(SHIFT[0], 14, "attack δ, magnified"),
        text(ANSWER[0], 14, "output x': grey before, below it after (|: wanted)"),
        text(MOVED, 28, "moved by", anchor="end"),
    ]
    far = max(float(np.abs(delta).max()), 1e-6)
    top = max(1.0, float(before.max()), float(after.max()), float(x.max()))
    low = min(0.0, float(x.min()), float(before.min()), float(after.min()))
    scale = ANSWER[1] / (top - low)
    zero = ANSWER[0] - low * scale
    for row, j in enumerate(rows):
        y = HEAD + row * ROW
        parts.append(f'<circle cx="8" cy="{y + ROW / 2}" r="4" fill="{feature_colour(model, j)}"/>')
        parts.append(text(16, y + 13, str(j)))
        parts += bar(INPUT, y, x[j], model.problem.value_range[0], 1.0, feature_colour(model, j))
        parts += bar(SHIFT, y, delta[j], -far, far, NEGATIVE if delta[j] < 0 else POSITIVE)
        broken = j in attacked.broken
        for place, value, colour in ((3, before[j], LINE), (10, after[j], POSITIVE if broken else INK)):
            parts.append(rectangle(zero + scale * min(value, 0), y + place, scale * abs(value), 5, colour))
        parts.append(rectangle(zero + scale * x[j] - 1, y + 1, 2, ROW - 2, NEGATIVE))
        moved = f"{'⚡ ' if broken else ''}{signed(float(after[j] - before[j]))}"
        parts.append(text(MOVED, y + 13, moved, "end", POSITIVE if broken else INK))
    return document(WIDTH, height, caption(model, attacked, fraction), parts)
