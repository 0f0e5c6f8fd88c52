"""How long the first model takes: in a fresh process, from ``import tms_widgets`` to a converged model.

Once with the compiled code in the disk cache, as after ``make lab``, and once with an empty cache, when the
kernels are compiled on the way. Starting Python itself is not counted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TIMES = 5
CODE = """import time
start = time.perf_counter()
import tms_widgets as tms
run = tms.train(tms.Problem(5, 2, importance=0.9, density=0.1), n_seeds=1)
print(time.perf_counter() - start, run.engine)"""


def show(name: str, chosen: argparse.Namespace) -> None:
    """Start the processes and print what they took."""
    process()
    cached = [process()[0] for _ in range(TIMES)]
    with tempfile.TemporaryDirectory() as empty:
        cold, engine = process(NUMBA_CACHE_DIR=empty)
    print(f"\nfirst model after import: n=5 m=2, {engine}, in a fresh process")
    print(f"  compiled code in the cache: {statistics.median(cached):.2f} s (median of {TIMES})")
    print(f"  nothing in the cache: {cold:.1f} s")


def process(**environment: str) -> tuple[float, str]:
    """Seconds from the import to the model, and the engine that trained it."""
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        check=True, capture_output=True, text=True,
        cwd=Path(__file__).parents[1], env={**os.environ, **environment},
    )  # fmt: skip
    seconds, engine = done.stdout.split()
    return float(seconds), engine
