"""``python -m benchmarks [training|latency|startup]``: one benchmark, or all of them one after another."""

from __future__ import annotations

import argparse
import os
import platform

from . import latency, startup, training

BENCHMARKS = {"training": training, "latency": latency, "startup": startup}


def main(arguments: list[str] | None = None) -> None:
    """Take figures and print them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="name", metavar="{training,latency,startup}")
    for name, module in BENCHMARKS.items():
        module.options(commands.add_parser(name, help=str(module.__doc__).splitlines()[0]))
    chosen = parser.parse_args(arguments)
    print(machine())
    if chosen.name:
        BENCHMARKS[chosen.name].report(chosen)
        return
    for name, module in BENCHMARKS.items():
        module.report(parser.parse_args([name]))


def machine() -> str:
    """The computer in one line: a figure means nothing without it."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.machine()}, {cores} cores{load}, Python {platform.python_version()}\n"


if __name__ == "__main__":
    main()
