"""What the machine can do: its peak on one core, what a second core adds, and the memory a process takes."""

from __future__ import annotations

import contextlib
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numba import njit

DEGREE, SIDE_BY_SIDE = 8, 4
SIZE, ROUNDS = 1024, 1000
"""Floats that stay in the first cache, and how often a measurement goes through them."""
REPEATS = 30


@njit(cache=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def multiply_add(x: np.ndarray, y: np.ndarray, rounds: int) -> None:
    """Four polynomials of degree 8 side by side: nothing but float32 multiply-adds that wait for no other."""
    a = np.float32(0.3)
    quarter = x.size // 4
    for _ in range(rounds):
        for i in range(quarter):
            t = x[i]
            p, q, r, s = y[i], y[i + quarter], y[i + 2 * quarter], y[i + 3 * quarter]
            p, q, r, s = p * t + a, q * t + a, r * t + a, s * t + a
            p, q, r, s = p * t + a, q * t + a, r * t + a, s * t + a
            p, q, r, s = p * t + a, q * t + a, r * t + a, s * t + a
            p, q, r, s = p * t + a, q * t + a, r * t + a, s * t + a
            p, q, r, s = p * t + a, q * t + a, r * t + a, s * t + a
            p, q, r, s = p * t + a, q * t + a, r * t + a, s * t + a
            p, q, r, s = p * t + a, q * t + a, r * t + a, s * t + a
            p, q, r, s = p * t + a, q * t + a, r * t + a, s * t + a
            y[i], y[i + quarter], y[i + 2 * quarter], y[i + 3 * quarter] = p, q, r, s


def machine() -> str:
    """The computer in one line: a figure means nothing without it."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{platform.machine()}, {cores()} cores{load}, Python {platform.python_version()}"


def busy() -> bool:
    """True when more is running than this process explains."""
    return hasattr(os, "getloadavg") and os.getloadavg()[0] > cores() + 0.5


def cores() -> int:
    """Cores that this thread may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def peak(repeats: int = REPEATS) -> float:
    """Float32 operations a second of one core, a multiply-add counted as two: the best of many loops."""
    return 2 * DEGREE * SIZE * ROUNDS / min(_one_loop() for _ in range(repeats))


def ceiling(repeats: int = 9) -> float:
    """How many times the arithmetic of one thread all cores do at once: cores may share a physical one."""
    count = cores()
    gains = []
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda _: _one_loop(), range(count)))
        for _ in range(repeats):
            alone = timed(lambda: _one_loop(20))
            together = timed(lambda: list(pool.map(lambda _: _one_loop(20), range(count))))
            gains.append(count * alone / together)
    return float(np.median(gains))


def _one_loop(times: int = 1) -> float:
    """Seconds that one measurement of the loop takes."""
    x = np.linspace(0.0, 0.5, SIZE, dtype=np.float32)
    y = x.copy()
    multiply_add(x, y, 1)
    return timed(lambda: multiply_add(x, y, times * ROUNDS))


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Keep this thread, and so our engines, to one core; where the system cannot, nothing changes."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def memory_added(work: Callable[[], object]) -> float:
    """Bytes by which the process's peak memory rises above what it holds now, while it works.

    For a fresh process: what was freed before is used again and does not count.
    """
    before, mark = _resident(), Path("/proc/self/clear_refs")
    with contextlib.suppress(OSError):
        mark.write_text("5")  # Linux forgets the peak so far
    work()
    return max(0.0, _peak_resident() - before)


def _resident() -> float:
    status = _status("VmRSS")
    return _peak_resident() if status is None else status


def _peak_resident() -> float:
    status = _status("VmHWM")
    unit = 1 if sys.platform == "darwin" else 1024
    return float(unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) if status is None else status


def _status(name: str) -> float | None:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    return next((1024.0 * float(line.split()[1]) for line in lines if line.startswith(f"{name}:")), None)
