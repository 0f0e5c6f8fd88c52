"""What a training run would cost, known before anything is allocated."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from .checks import SettingError
from .problem import Problem

DEFAULT_BYTES = 256 * 2**20
CGROUP_FILES = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
FLOAT = 4


def memory_cap() -> int:
    """Most bytes a run may take: 256 MB, or ``TMS_MAX_BYTES``; never over half of the container's limit."""
    asked = os.environ.get("TMS_MAX_BYTES", "")
    cap = int(asked) if asked.isdigit() and int(asked) > 0 else DEFAULT_BYTES
    for name in CGROUP_FILES:
        try:
            text = Path(name).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            cap = min(cap, int(text) // 2)
    return cap


def estimate_bytes(problem: Problem, n_instances: int, n_frames: int, workspace: int) -> int:
    """Bytes of the weights, the optimiser, the film and the workspace of a run."""
    n, m = problem.n_features, problem.n_hidden
    weights = (2 if problem.architecture == "untied" else 1) * m * n + n
    # the film is there twice while its parts are joined
    return FLOAT * n_instances * (3 + 2 * n_frames) * weights + workspace


def check_memory(
    problem: Problem, n_instances: int, n_frames: int, workspace: Callable[[Problem, int], int]
) -> None:
    """Refuse a run that would take more than `memory_cap`.

    ``workspace(problem, n_instances)`` are the bytes that an engine takes beside weights and films.

    Raises
    ------
    SettingError
        Says what was asked, what is allowed, and the nearest setting that works.
    """
    cap = memory_cap()
    n, m = problem.n_features, problem.n_hidden
    density = float(problem.density_vector.mean())

    def needed(n: int = n, m: int = m, instances: int = n_instances, frames: int = n_frames) -> int:
        alike = Problem(n, m, density=density, architecture=problem.architecture)
        return estimate_bytes(alike, instances, frames, workspace(alike, instances))

    if needed() <= cap:
        return
    if needed(frames=1) <= cap:
        remedy = f"n_frames={_largest(n_frames, lambda k: needed(frames=k) <= cap)}"
    elif needed(instances=1, frames=1) <= cap:
        seeds = _largest(n_instances, lambda k: needed(instances=k, frames=1) <= cap)
        remedy = f"n_seeds={seeds} and n_frames=1"
    elif needed(m=1, instances=1, frames=1) <= cap:
        hidden = _largest(m, lambda k: needed(m=k, instances=1, frames=1) <= cap)
        remedy = f"n_hidden={hidden}, one seed and one frame"
    else:
        features = _largest(n, lambda k: needed(k, 1, 1, 1) <= cap)
        remedy = f"n_features={features}, n_hidden=1, one seed and one frame"
    raise SettingError(
        f"n_features={n}, n_hidden={m} with {n_instances} instances and {n_frames} frames would take "
        f"{bytes_in_words(needed())} of memory, over the limit of {bytes_in_words(cap)} "
        f"(TMS_MAX_BYTES raises it); {remedy} works."
    )


def _largest(high: int, fits: Callable[[int], bool]) -> int:
    """The largest k in 1 … high that fits, when all smaller ones do."""
    low = 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def bytes_in_words(n_bytes: float) -> str:
    """Three digits and a unit."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if n_bytes < 1000:
            return f"{n_bytes:.3g} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.3g} TB"
