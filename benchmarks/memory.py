"""Bytes that training one case adds to a fresh process: ``python -m benchmarks.memory n20 stratified``."""

from __future__ import annotations

import sys

from tms_widgets.core.engines.warm import SMALLEST, warm_up

from .cases import CASES, trained
from .machine import memory_added
from .published import Published

FEW = 20
"""Steps: memory does not depend on how many there are."""


def main(name: str, engine: str) -> None:
    """Print the bytes, once the libraries and the compiled code are loaded."""
    case = CASES[name]
    if engine == "published":
        Published(SMALLEST["stratified"], [0]).train(2)
        print(memory_added(lambda: Published([case.problem] * case.models, range(case.models)).train(FEW)))
        return
    warm_up([engine])
    print(memory_added(lambda: trained(case.problem, case.models, engine, steps=FEW)))


if __name__ == "__main__":
    main(*sys.argv[1:])
