"""``python -m benchmarks [training|truth|schedules|experiments|latency|map_latency|startup|sweeps]``.

Without a name: all but the two long ones, truth and schedules, one after another.
"""

from __future__ import annotations

import argparse

from . import experiments, latency, map_latency, schedules, startup, sweeps, training, truth
from .machine import machine

BENCHMARKS = {
    "training": training,
    "truth": truth,
    "schedules": schedules,
    "experiments": experiments,
    "latency": latency,
    "map_latency": map_latency,
    "startup": startup,
    "sweeps": sweeps,
}
BY_DEFAULT = ("training", "experiments", "latency", "map_latency", "startup", "sweeps")


def main(arguments: list[str] | None = None) -> None:
    """Take figures and print them."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="name", metavar=f"{{{','.join(BENCHMARKS)}}}")
    for name, module in BENCHMARKS.items():
        module.options(commands.add_parser(name, help=str(module.__doc__).splitlines()[0]))
    chosen = parser.parse_args(arguments)
    print(f"{machine()}\n", flush=True)
    if chosen.name:
        BENCHMARKS[chosen.name].report(chosen)
        return
    for name in BY_DEFAULT:
        BENCHMARKS[name].report(parser.parse_args([name]))


if __name__ == "__main__":
    main()
