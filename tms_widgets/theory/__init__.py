"""Closed forms: what the paper derives rather than trains."""

from .bounds import compressed_sensing_bound, log_code_size, sparse_features_per_dimension
from .compression import (
    LINEAR_COMPRESSION_LOSS,
    CompressionNetwork,
    ReluLayer,
    compression_loss,
    compression_network,
)
from .exact import exact_loss
from .frames import (
    coherence,
    cosines,
    frame_tightness,
    isometry_constant,
    largest_cosine,
    rms_cosine,
    welch_bound,
)
from .linear import LinearOptimum, linear_loss, linear_optimum, variance
from .packings import directions_before_collision, pair_probability, random_directions, random_packing
from .phases import Boundary, PhaseSolution, phase, phase_boundaries, phase_losses, phase_solutions
from .polytopes import (
    POLYTOPES,
    Polytope,
    polytope,
    polytope_orthogonal_to,
    tegum_product,
    unrepresented,
)
from .symbols import BINDINGS, bind, binding_recovery, bundle, bundling_recovery, clean_up, unbind
from .thomson import ThomsonMinimum, thomson_energy, thomson_minimum
from .two_features import LossSurface, SurfaceMinima, loss_surface, loss_without_bias, surface_minima

__all__ = [
    "BINDINGS",
    "LINEAR_COMPRESSION_LOSS",
    "POLYTOPES",
    "Boundary",
    "CompressionNetwork",
    "LinearOptimum",
    "LossSurface",
    "PhaseSolution",
    "Polytope",
    "ReluLayer",
    "SurfaceMinima",
    "ThomsonMinimum",
    "bind",
    "binding_recovery",
    "bundle",
    "bundling_recovery",
    "clean_up",
    "coherence",
    "compressed_sensing_bound",
    "compression_loss",
    "compression_network",
    "cosines",
    "directions_before_collision",
    "exact_loss",
    "frame_tightness",
    "isometry_constant",
    "largest_cosine",
    "linear_loss",
    "linear_optimum",
    "log_code_size",
    "loss_surface",
    "loss_without_bias",
    "pair_probability",
    "phase",
    "phase_boundaries",
    "phase_losses",
    "phase_solutions",
    "polytope",
    "polytope_orthogonal_to",
    "random_directions",
    "random_packing",
    "rms_cosine",
    "sparse_features_per_dimension",
    "surface_minima",
    "tegum_product",
    "thomson_energy",
    "thomson_minimum",
    "unbind",
    "unrepresented",
    "variance",
    "welch_bound",
]
