"""Where the compiled kernel is kept, and whether it is there.

numba keeps compiled code beside the source, or in the user's cache folder. It cannot be asked whether a
kernel would load without compiling it, so a finished compilation leaves a marker beside it, whose name
changes with everything that makes numba compile again.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import numpy as np


def load_kernels() -> ModuleType:
    """The module of the kernels, compiled on first use."""
    try:
        from . import kernels
    except RuntimeError:
        # numba found no folder to write to; a private one serves this process and those it starts
        from numba.core import config

        os.environ["NUMBA_CACHE_DIR"] = cast(Any, config).CACHE_DIR = tempfile.mkdtemp(prefix="tms_widgets-")
        from . import kernels
    return kernels


def fused_ready() -> bool:
    """True when the fused engine starts at once: its kernel is loaded, or lies in the disk cache."""
    kernels = load_kernels()
    return bool(kernels.train_instance.signatures) or _marker(kernels).exists()


def warm_up() -> None:
    """Load the kernel, compiling it if the disk cache has none (some seconds), and note that it is there."""
    from ..problem import Problem
    from ..schedule import Schedule
    from .fused import FusedEngine

    problem = Problem(3, 2, density=0.5)
    FusedEngine([problem], [0], Schedule(2, 2, 0.01)).advance(np.array([0, 2]))
    marker = _marker(load_kernels())
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()


def _marker(kernels: ModuleType) -> Path:
    import llvmlite.binding  # pyright: ignore[reportMissingTypeStubs]
    import numba

    source = Path(str(kernels.__file__)).stat()
    made_from = (source.st_mtime_ns, source.st_size, numba.__version__, llvmlite.binding.get_host_cpu_name())
    digest = hashlib.sha256(repr(made_from).encode()).hexdigest()[:16]
    return Path(kernels.train_instance.stats.cache_path) / f"tms_widgets-{digest}.ready"
