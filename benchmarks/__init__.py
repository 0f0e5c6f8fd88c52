"""Figures about speed, taken on the computer at hand: ``python -m benchmarks``. Nothing here is asserted."""
