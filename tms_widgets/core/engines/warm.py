"""Compile the fused engines into the disk cache: ``python -m tms_widgets.core.engines.warm [engine …]``.

Compiling takes seconds, loading the result a fraction of one. A notebook starts this as a process of its
own: compiled in a thread it would hold Python's global lock, and the kernel would not answer meanwhile.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from ..problem import Problem
from ..training import train
from . import FUSED, module_of
from .cache import is_compiled

SMALLEST = {
    "exact": [Problem(2, 1, density=0.5)],
    "stratified": [Problem(3, 2, density=0.5), Problem(3, 2, density=0.5, architecture="relu_hidden")],
    "dense": [Problem(100, 2, density=0.5)],
}
"""Problems that between them call every kernel of an engine."""


def warm_up(engines: Sequence[str] = FUSED) -> None:
    """Load the kernels of these engines, compiling what the disk cache has not (some seconds each)."""
    for engine in engines:
        for problem in SMALLEST[engine]:
            train(problem, n_seeds=1, steps=2, batch_size=2, engine=engine)


def load(engine: str) -> None:
    """Load the kernels of an engine that are in the disk cache; compile nothing."""
    if all(is_compiled(module_of(engine).kernels_of(problem)) for problem in SMALLEST[engine]):
        warm_up([engine])


def main(engines: Sequence[str]) -> None:
    """Compile, and say how long it took."""
    start = time.perf_counter()
    warm_up(engines or FUSED)
    print(f"The fused engines are ready ({time.perf_counter() - start:.1f} s).")


if __name__ == "__main__":
    main(sys.argv[1:])
