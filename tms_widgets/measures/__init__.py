"""Numbers and names read off the weights of a model: NumPy in, NumPy out."""

from .captions import describe
from .geometry import Component, Geometry, geometry
from .phase import PHASES, phase, phase_of
from .rotation import canonical_rotation, principal_plane
from .superposition import (
    dimensions_per_feature,
    feature_dimensionality,
    feature_norms,
    gram,
    interference,
    represented,
)

__all__ = [
    "PHASES",
    "Component",
    "Geometry",
    "canonical_rotation",
    "describe",
    "dimensions_per_feature",
    "feature_dimensionality",
    "feature_norms",
    "geometry",
    "gram",
    "interference",
    "phase",
    "phase_of",
    "principal_plane",
    "represented",
]
