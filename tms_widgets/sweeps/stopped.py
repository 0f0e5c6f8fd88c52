"""What ends a sweep before its end."""

from __future__ import annotations


class SweepStopped(RuntimeError):
    """A sweep could not go on: the disk is full, workers or their scheduler are gone.

    The message says why, and where the blocks are that were finished before.
    """
