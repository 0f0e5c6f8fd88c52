"""Threads for compiled work that holds no lock of Python's."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from threading import Lock
from typing import Any

_allowed: ContextVar[int | None] = ContextVar("_allowed", default=None)
_entering = Lock()
_limits: list[Any] = []
"""An entry for everyone inside `one_blas_thread`; the first knows what it was before."""


def spread(work: Callable[[int], None], count: int) -> None:
    """Call ``work(i)`` for i in 0 … count − 1, on as many threads as there are cores to use."""
    threads = available_cores()
    if min(count, threads) == 1:
        for i in range(count):
            work(i)
    else:
        list(_threads(threads).map(work, range(count)))


def available_cores() -> int:
    """Cores this process may use, or as many of them as `at_most` allows."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _allowed.get() or cores)


@contextmanager
def at_most(threads: int | None) -> Generator[None]:
    """What the calling thread starts inside uses so many cores at most; None leaves it as it is.

    For one of several processes that train side by side: together they should have a thread a core.
    """
    token = _allowed.set(threads or _allowed.get())
    try:
        yield
    finally:
        _allowed.reset(token)


@contextmanager
def one_blas_thread() -> Generator[None]:
    """The threads are ours: the matrix library uses one for each call.

    That is for the whole process, and several of its threads may ask for it at once.
    """
    with _entering:
        _limits.append(_blas().limit(limits=1, user_api="blas") if not _limits else None)
    try:
        yield
    finally:
        with _entering:
            if len(_limits) == 1:
                _limits[0].restore_original_limits()
            _limits.pop()


@lru_cache
def _threads(count: int) -> ThreadPoolExecutor:
    """Threads that are kept, because starting them takes as long as training a small model."""
    return ThreadPoolExecutor(count, thread_name_prefix="tms_widgets")


@lru_cache(maxsize=1)
def _blas() -> Any:
    """The matrix libraries that are loaded; finding them takes milliseconds."""
    from threadpoolctl import ThreadpoolController  # pyright: ignore[reportMissingTypeStubs]

    return ThreadpoolController()
