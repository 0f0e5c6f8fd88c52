"""Round numbers along an axis, few enough to stand beside each other, and how they are written."""

from __future__ import annotations

import math

MOST_TICKS = 9
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def log_ticks(low: float, high: float, most: int = MOST_TICKS) -> list[float]:
    """Round numbers along a logarithmic axis: powers of ten, with others between them as room allows.

    Over less than a power of ten there may be too few of them: then the ticks are those of a linear axis.
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in ((1, 1.5, 2, 3, 4, 5, 7), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        inside = [
            float(f"{d}e{power}") for power in powers for d in digits if low <= float(f"{d}e{power}") <= high
        ]
        if len(inside) <= most:
            return inside if len(inside) >= 2 else linear_ticks(low, high, most)
    return inside[:: math.ceil(len(inside) / most)]


def linear_ticks(low: float, high: float, most: int = MOST_TICKS) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten along a linear axis."""
    power = math.floor(math.log10((high - low) / most))
    step = next(
        float(f"{d}e{power}") for d in (1, 2, 5, 10, 20) if (high - low) / float(f"{d}e{power}") <= most
    )
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{k * step:.12g}") for k in range(first, last + 1)]


def written(value: float) -> str:
    """A tick as it stands beside an axis: 0.01, 2500, and powers of ten beyond: 3·10⁻⁵."""
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:.6g}".replace("-", "−")
    digits, power = f"{value:.3e}".split("e")
    digits = digits.rstrip("0").rstrip(".")
    raised = "10" + str(int(power)).translate(SUPERSCRIPTS)
    if digits in ("1", "-1"):
        return digits.replace("-1", "−").replace("1", "") + raised
    return f"{digits}·{raised}".replace("-", "−")
