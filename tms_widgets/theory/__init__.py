"""Closed forms: what the paper derives rather than trains."""

from .exact import exact_loss
from .linear import LinearOptimum, linear_loss, linear_optimum, variance
from .phases import Boundary, PhaseSolution, phase, phase_boundaries, phase_losses, phase_solutions
from .polytopes import (
    POLYTOPES,
    Polytope,
    polytope,
    polytope_orthogonal_to,
    tegum_product,
    unrepresented,
)
from .thomson import ThomsonMinimum, thomson_energy, thomson_minimum
from .two_features import LossSurface, SurfaceMinima, loss_surface, loss_without_bias, surface_minima

__all__ = [
    "POLYTOPES",
    "Boundary",
    "LinearOptimum",
    "LossSurface",
    "PhaseSolution",
    "Polytope",
    "SurfaceMinima",
    "ThomsonMinimum",
    "exact_loss",
    "linear_loss",
    "linear_optimum",
    "loss_surface",
    "loss_without_bias",
    "phase",
    "phase_boundaries",
    "phase_losses",
    "phase_solutions",
    "polytope",
    "polytope_orthogonal_to",
    "surface_minima",
    "tegum_product",
    "thomson_energy",
    "thomson_minimum",
    "unrepresented",
    "variance",
]
