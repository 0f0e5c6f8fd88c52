"""Where the compiled kernels are kept, and whether they are there.

numba keeps compiled code beside the source, or in the user's cache folder. It notices a changed file, but
not a change in a file that this one imports, and it cannot be asked whether a kernel would load without
compiling it. So a finished compilation leaves a marker beside the code, whose name changes with everything
that the code was made from; code without its marker is compiled again.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, cast

ENTRY = "train_instance"
"""The kernel of each module that all its others are compiled with."""


@lru_cache
def load_kernels(name: str) -> ModuleType:
    """The module ``name`` of `kernels`, whose functions are compiled on first use."""
    path = f"{__package__}.kernels.{name}"
    try:
        module = import_module(path)
    except RuntimeError:
        # numba found no folder to write to; a private one serves this process and those it starts
        from numba.core import config

        os.environ["NUMBA_CACHE_DIR"] = cast(Any, config).CACHE_DIR = tempfile.mkdtemp(prefix="tms_widgets-")
        module = import_module(path)
    if not _marker(module).exists():
        for index in _folder(module).glob(f"{name}.*.nbi"):
            index.unlink(missing_ok=True)
    return module


def is_compiled(name: str) -> bool:
    """True when these kernels start at once: they are loaded, or lie in the disk cache."""
    module = load_kernels(name)
    return bool(getattr(module, ENTRY).signatures) or _marker(module).exists()


def note_compiled(name: str) -> None:
    """Note, after the kernels ran, that they lie in the disk cache."""
    marker = _marker(load_kernels(name))
    if not marker.exists():
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.touch()


def _folder(module: ModuleType) -> Path:
    return Path(getattr(module, ENTRY).stats.cache_path)


@lru_cache
def _marker(module: ModuleType) -> Path:
    import numba
    from numba.core.registry import cpu_target

    source = Path(str(module.__file__))
    processor = cast(Any, cpu_target).target_context.codegen().magic_tuple()
    digest = hashlib.sha256(repr((numba.__version__, processor)).encode())
    for file in (source, source.with_name("common.py")):
        digest.update(file.read_bytes())
    return _folder(module) / f"{source.stem}-{digest.hexdigest()[:16]}.ready"
