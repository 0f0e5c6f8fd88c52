"""Numbers and names read off the weights of a model: NumPy in, NumPy out."""

from .adversary import (
    Attack,
    Harm,
    Vulnerability,
    analytic_attacks,
    attack_size,
    attacked_losses,
    losses_of_attacks,
    strongest_attack,
    vulnerability,
    without_superposition,
)
from .alignment import align
from .ascent import loss_gradient, pgd_attack
from .captions import describe
from .crosstalk import output_interference
from .dynamics import Jump, Stage, jumps, stages
from .geometry import Component, Geometry, geometry
from .graph import FeatureGraph, feature_graph
from .matching import FeatureCounts, count_features, distinct_directions, match_directions
from .motifs import Motif, asymmetric_motifs
from .neurons import (
    DEAD,
    STRONG,
    TWO_SIDED,
    absolute_gains,
    basis_alignment,
    features_of_neurons,
    monosemantic,
    neuron_order,
    polysemantic,
    rescaled,
    two_sided,
)
from .phase import PHASES, phase, phase_of
from .polytopes import LINES
from .rotation import canonical_rotation, principal_plane
from .strata import LossStrata, loss_strata, one_active_costs
from .superposition import (
    dimensions_per_feature,
    feature_dimensionality,
    feature_norms,
    gram,
    interference,
    leverage_scores,
    represented,
)
from .trace import Trace, trace

__all__ = [
    "DEAD",
    "LINES",
    "PHASES",
    "STRONG",
    "TWO_SIDED",
    "Attack",
    "Component",
    "FeatureCounts",
    "FeatureGraph",
    "Geometry",
    "Harm",
    "Jump",
    "LossStrata",
    "Motif",
    "Stage",
    "Trace",
    "Vulnerability",
    "absolute_gains",
    "align",
    "analytic_attacks",
    "asymmetric_motifs",
    "attack_size",
    "attacked_losses",
    "basis_alignment",
    "canonical_rotation",
    "count_features",
    "describe",
    "dimensions_per_feature",
    "distinct_directions",
    "feature_dimensionality",
    "feature_graph",
    "feature_norms",
    "features_of_neurons",
    "geometry",
    "gram",
    "interference",
    "jumps",
    "leverage_scores",
    "loss_gradient",
    "loss_strata",
    "losses_of_attacks",
    "match_directions",
    "monosemantic",
    "neuron_order",
    "one_active_costs",
    "output_interference",
    "pgd_attack",
    "phase",
    "phase_of",
    "polysemantic",
    "principal_plane",
    "represented",
    "rescaled",
    "stages",
    "strongest_attack",
    "trace",
    "two_sided",
    "vulnerability",
    "without_superposition",
]
