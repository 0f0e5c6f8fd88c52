"""Compile the fused engine's kernel into the disk cache: ``python -m tms_widgets.core.engines.warm``.

Compiling takes seconds, loading the result a fraction of one. A notebook starts this as a process of its
own: compiled in a thread it would hold Python's global lock, and the kernel would not answer meanwhile.
"""

from __future__ import annotations

import time

from .cache import warm_up


def main() -> None:
    """Compile, and say how long it took."""
    start = time.perf_counter()
    warm_up()
    print(f"The fused engine is ready ({time.perf_counter() - start:.1f} s).")


if __name__ == "__main__":
    main()
