"""Numbers and names read off the weights of a model: NumPy in, NumPy out."""

from .alignment import align
from .captions import describe
from .dynamics import Jump, Stage, jumps, stages
from .geometry import Component, Geometry, geometry
from .graph import FeatureGraph, feature_graph
from .phase import PHASES, phase, phase_of
from .polytopes import LINES
from .rotation import canonical_rotation, principal_plane
from .superposition import (
    dimensions_per_feature,
    feature_dimensionality,
    feature_norms,
    gram,
    interference,
    leverage_scores,
    represented,
)

__all__ = [
    "LINES",
    "PHASES",
    "Component",
    "FeatureGraph",
    "Geometry",
    "Jump",
    "Stage",
    "align",
    "canonical_rotation",
    "describe",
    "dimensions_per_feature",
    "feature_dimensionality",
    "feature_graph",
    "feature_norms",
    "geometry",
    "gram",
    "interference",
    "jumps",
    "leverage_scores",
    "phase",
    "phase_of",
    "principal_plane",
    "represented",
    "stages",
]
