"""``tms-widgets paper list | run | data``: the experiments of the paper, their claims, the stored sweep."""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
import textwrap
import time
from typing import Any

from .parser import Parser

HELD, FAILED = 0, 1
MARGIN = " " * 5

LIST_EXAMPLES = """\
example:
  tms-widgets paper list"""
RUN_EXAMPLES = """\
examples:
  tms-widgets paper run E7 E8 E9
  tms-widgets paper run E4 --seed 1        the same models each time

Without --seed the models have fresh seeds, since a claim should not hang on a chosen one.
The exit code is 1 if a claim failed."""
DATA_EXAMPLES = """\
example:
  tms-widgets paper data uniform-400-30.nc

It takes minutes. If it is interrupted, the same command goes on with what is finished."""


def add_to(groups: Any) -> None:
    """Add ``paper`` and its commands to the commands of the program."""
    parser = groups.add_parser(
        "paper",
        help="the paper's experiments and claims",
        description="The experiments of the paper, and whether their claims hold.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    catalogue = commands.add_parser(
        "list",
        help="say which experiments there are",
        description="Every experiment: what is trained, and what is claimed about it.",
        epilog=LIST_EXAMPLES,
    )
    catalogue.set_defaults(command=_list)
    run = commands.add_parser(
        "run",
        help="train experiments and check their claims",
        description="Train experiments of the paper and hold each claim against what came out.",
        epilog=RUN_EXAMPLES,
    )
    run.add_argument("names", metavar="NAME", nargs="+", help="such as E7; `tms-widgets paper list` has all")
    run.add_argument("--seed", metavar="S", type=int, help="the first seed, in the place of a fresh one")
    run.set_defaults(command=_run)
    data = commands.add_parser(
        "data",
        help="make the stored sweep again",
        description="Train the sweep of 400 features in 30 dimensions that the package has stored, again.",
        epilog=DATA_EXAMPLES,
    )
    data.add_argument("file", metavar="FILE", help="where to write it; what is there already is left alone")
    data.set_defaults(command=_data)


def _list(asked: argparse.Namespace) -> int:
    from .. import paper

    width = shutil.get_terminal_size().columns
    for experiment in paper.EXPERIMENTS.values():
        print(f"{experiment.id:4} {experiment.title} ({experiment.section})")
        for first, text in (("", experiment.summary), *(("· ", claim.text) for claim in experiment.claims)):
            print(
                textwrap.fill(
                    text, width, initial_indent=MARGIN + first, subsequent_indent=MARGIN + " " * len(first)
                )
            )
    return HELD


def _run(asked: argparse.Namespace) -> int:
    from ..paper import catalogue

    # a misspelt name is told before the first experiment is trained, not after
    experiments = [catalogue[name] for name in dict.fromkeys(asked.names)]
    failed = 0
    for experiment in experiments:
        start = time.perf_counter()
        findings = experiment.check(experiment.run(seed=asked.seed))
        failed += sum(not finding.holds for finding in findings)
        print(f"{experiment.id} {experiment.title}, {time.perf_counter() - start:.1f} s")
        print(*(f"  {finding}" for finding in findings), sep="\n", flush=True)
    if failed:
        print(f"{failed} {'claim' if failed == 1 else 'claims'} failed.")
    return FAILED if failed else HELD


def _data(asked: argparse.Namespace) -> int:
    from ..paper import make_stored_sweep
    from ..sweeps import SweepStopped

    try:
        make_stored_sweep(asked.file)
    except SweepStopped as stopped:
        print(f"{asked.parser.prog}: {stopped}", file=sys.stderr)
        return FAILED
    print(f"{asked.file} is complete. Look at it with: tms-widgets sweep show {shlex.quote(asked.file)}")
    return HELD
