"""What the other cores add: many models on one core, then on all, beside what the machine itself gains.

A virtual core may be half of a physical one. So the same is asked of a loop that only computes: it is the
most that any program could gain here.
"""

from __future__ import annotations

import argparse
import statistics

import tms_widgets as tms

from .cases import Case, engines_for, seconds_of
from .machine import ceiling, cores, one_core
from .words import duration

CASE = Case(tms.Problem(20, 5, importance=0.7, density=0.1), models=16)
ROUNDS = 7


def show(name: str, chosen: argparse.Namespace) -> None:
    """Time both in turns and print the gain."""
    engine = engines_for(CASE.problem)[0]
    one, every = measure(engine)
    print(f"\nthreads: {CASE.words}, {engine}")
    print(f"  one core {duration(one)}, {cores()} cores {duration(every)}: {one / every:.2f} times as fast")
    print(f"  a loop that only computes: {ceiling():.2f} times as much")


def measure(engine: str, rounds: int = ROUNDS, **settings: int) -> tuple[float, float]:
    """Seconds on one core and on all, the medians of some turns."""
    one, every = [], []
    for _ in range(rounds):
        with one_core():
            one.append(seconds_of(CASE, engine, **settings))
        every.append(seconds_of(CASE, engine, **settings))
    return statistics.median(one), statistics.median(every)
