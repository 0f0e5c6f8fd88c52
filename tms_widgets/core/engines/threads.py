"""Threads for compiled work that holds no lock of Python's."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache


def spread(work: Callable[[int], None], count: int) -> None:
    """Call ``work(i)`` for i in 0 … count − 1, on as many threads as there are cores."""
    if min(count, available_cores()) == 1:
        for i in range(count):
            work(i)
    else:
        list(_threads().map(work, range(count)))


def available_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    """Threads that are kept, because starting them takes as long as training a small model."""
    return ThreadPoolExecutor(available_cores(), thread_name_prefix="tms_widgets")
