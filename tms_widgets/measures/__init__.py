"""Numbers and names read off the weights of a model: NumPy in, NumPy out."""

from .superposition import (
    dimensions_per_feature,
    feature_dimensionality,
    feature_norms,
    gram,
    interference,
    represented,
)

__all__ = [
    "dimensions_per_feature",
    "feature_dimensionality",
    "feature_norms",
    "gram",
    "interference",
    "represented",
]
