"""Closed forms: what the paper derives rather than trains."""

from .exact import exact_loss
from .linear import LinearOptimum, linear_loss, linear_optimum, variance
from .phases import Boundary, PhaseSolution, phase, phase_boundaries, phase_losses, phase_solutions
from .two_features import LossSurface, SurfaceMinima, loss_surface, loss_without_bias, surface_minima

__all__ = [
    "Boundary",
    "LinearOptimum",
    "LossSurface",
    "PhaseSolution",
    "SurfaceMinima",
    "exact_loss",
    "linear_loss",
    "linear_optimum",
    "loss_surface",
    "loss_without_bias",
    "phase",
    "phase_boundaries",
    "phase_losses",
    "phase_solutions",
    "surface_minima",
    "variance",
]
