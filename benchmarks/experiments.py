"""How long the paper's experiments take to train, all of them that train, in standard quality on all cores.

The settings are in `settings`, which also says which experiments are left out and why. Times are those of
`train`, judging included; compiled code is loaded before. What it is held against: five minutes on two cores
for all but the large ones. Models on the reference engine are those that no compiled engine covers.
"""

from __future__ import annotations

import argparse
import dataclasses
import time

import tms_widgets as tms
from tms_widgets.core.engines.warm import warm_up

from .settings import STUDIES, Part, Study

BAR = 300.0
"""Seconds on two cores."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What training one experiment took."""

    id: str
    engines: tuple[str, ...]
    models: int
    seconds: float

    def line(self) -> str:
        """The row of a Markdown table."""
        return f"| {self.id} | {', '.join(self.engines)} | {self.models} | {self.seconds:.2f} |"


def options(parser: argparse.ArgumentParser) -> None:
    """What can be chosen and shortened."""
    names = [study.id for study in STUDIES]
    parser.add_argument("--only", nargs="+", choices=names, metavar="ID", help=f"of {', '.join(names)}")
    parser.add_argument("--large", action="store_true", help="those with hundreds of features too")
    parser.add_argument("--quality", default="standard", help="default: standard")


def report(chosen: argparse.Namespace) -> None:
    """Train and print a row each, and the sum."""
    warm_up()
    named = chosen.only or [study.id for study in STUDIES if chosen.large or not study.large]
    print("| experiment | engine | models | s |\n|---|---|---|---|", flush=True)
    outcomes = []
    for study in STUDIES:
        if study.id in named:
            outcomes.append(train_all(study, chosen.quality))
            print(outcomes[-1].line(), flush=True)
    total, models = sum(one.seconds for one in outcomes), sum(one.models for one in outcomes)
    bar = "" if chosen.only or chosen.large else f" (the bar: {BAR:.0f} s on two cores)"
    print(f"| all | | {models} | {total:.2f} |\n\n{total:.1f} s for {models} models{bar}\n", flush=True)


def train_all(study: Study, quality: str = "standard") -> Outcome:
    """Train the parts of an experiment one after another."""
    start = time.perf_counter()
    runs = [train_part(part, quality) for part in study.parts]
    seconds = time.perf_counter() - start
    engines = tuple(dict.fromkeys(run.engine for run in runs))
    return Outcome(study.id, engines, sum(run.n_instances for run in runs), seconds)


def train_part(part: Part, quality: str) -> tms.Run:
    """One call of `train`, with the settings of the part."""
    settings = {"n_seeds": part.n_seeds, "quality": quality, **part.settings}
    return tms.train(part.problems, **settings)
