"""One way of checking a setting, and one way of saying what is wrong with it.

Every message is one sentence: what was asked, what is allowed, and the nearest setting that works.
``bool`` is not a number here, and neither is a string that looks like one.
"""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Iterable, Sequence
from typing import Any, cast


class SettingError(ValueError):
    """A setting that cannot be used, with a sentence that says why and what would work."""


def shown(value: object) -> str:
    """A short, harmless rendering of whatever a user passed."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}…"


def integer(name: str, value: object, *, low: int, high: int) -> int:
    """Return ``value`` as an int in ``[low, high]``.

    Raises
    ------
    SettingError
        When it is not a whole number, or lies outside.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise SettingError(f"{name}={shown(value)} is not a whole number; use one from {low} to {high}.")
    number = int(value)
    if not low <= number <= high:
        nearest = low if number < low else high
        raise SettingError(
            f"{name}={shown(number)} is outside {low} to {high}; the nearest that works is {nearest}."
        )
    return number


def real(
    name: str,
    value: object,
    *,
    low: float,
    high: float,
    open_low: bool = False,
    nearest_low: float | None = None,
) -> float:
    """Return ``value`` as a finite float in ``[low, high]``, or ``(low, high]`` with ``open_low``."""
    # a phase map asks this ten thousand times, and a sentence takes longer to write than a number to check
    if type(value) is float and low <= value <= high and not (open_low and value == low):
        return value
    span = f"{'above ' if open_low else 'from '}{low:g} {'up ' if open_low else ''}to {high:g}"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise SettingError(f"{name}={shown(value)} is not a number; use one {span}.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf if cast(Any, value) > 0 else -math.inf
    if math.isnan(number):
        raise SettingError(f"{name} is not a number (NaN); use one {span}.")
    if number < low or number > high or (open_low and number == low):
        nearest = high if number > high else (low if nearest_low is None else nearest_low)
        raise SettingError(
            f"{name}={shown(value)} is not allowed; use one {span}, the nearest is {nearest:g}."
        )
    return number


def choice(name: str, value: object, allowed: Sequence[str]) -> str:
    """Return ``value`` if it is one of ``allowed``; otherwise name the nearest."""
    if isinstance(value, str) and value in allowed:
        return value
    near = difflib.get_close_matches(str(value), allowed, n=1, cutoff=0.0)[0]
    listed = ", ".join(repr(item) for item in allowed)
    raise SettingError(f"{name}={shown(value)} is unknown; choose one of {listed} (did you mean {near!r}?).")


def flag(name: str, value: object) -> bool:
    """Return ``value`` if it is True or False."""
    plain = unboxed(value)
    if isinstance(plain, bool):
        return plain
    raise SettingError(f"{name}={shown(value)} is not True or False; use one of them.")


def is_sequence(value: object) -> bool:
    """True for a list, a tuple, an array: anything with items that is not text."""
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes))


def reals(name: str, value: Iterable[Any], length: int, **limits: Any) -> tuple[float, ...]:
    """Return ``value`` as ``length`` floats, each within the limits of `real`."""
    items = list(value)
    if len(items) != length:
        raise SettingError(
            f"{name} has {len(items)} entries but there are {length} features; pass {length} numbers, or one."
        )
    return tuple(real(f"{name}[{index}]", unboxed(item), **limits) for index, item in enumerate(items))


def unboxed(value: object) -> object:
    """A zero-dimensional array or tensor as the plain Python number it holds."""
    item = getattr(value, "item", None)
    return item() if callable(item) and getattr(value, "shape", None) == () else value
