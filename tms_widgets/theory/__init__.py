"""Closed forms: what the paper derives rather than trains."""

from .linear import LinearOptimum, linear_loss, linear_optimum, variance

__all__ = ["LinearOptimum", "linear_loss", "linear_optimum", "variance"]
