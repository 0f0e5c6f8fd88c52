"""How figures are written."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Three digits and a unit."""
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= 0.9995 * size or unit == "µs":
            break
    number = seconds / size
    return f"{number:.0f} {unit}" if number >= 999.5 else f"{number:.3g} {unit}"


def times(ratio: float) -> str:
    """How many times as fast."""
    return f"{ratio:.0f}×" if ratio >= 9.95 else f"{ratio:.1f}×"
