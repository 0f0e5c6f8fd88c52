"""Names for what the represented features of a model do.

After *The Geometry of Superposition*: draw an edge between features that interfere; the connected parts are
the tegum factors, which lie in (nearly) orthogonal subspaces; each factor of a trained model tends to be a
regular polytope. Names speak of the features' directions; their lengths only have to be alike.
"""

import math
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import FloatArray, as_one_model
from .shapes import ALIKE, DEDICATED, Order, alike, fit, rms, tolerance

REPRESENTED = 0.5
# An edge joins two represented features whose cosine is larger than this, of either sign. Noise can push the
# cosine of two orthogonal features above it, or that of two vertices of a simplex of five (-1/4) below:
# where some feature is left without a name, the other two are tried, and the one that names most is taken.
EDGES = (0.2, 0.16, 0.24)
# A factor has a name only if it is nearly alone. For each member i, the squared cosines with the represented
# features outside sum to less than the first, and the interference of all features outside, which many faint
# ones can make large, is less than the second times ‖W_i‖².
OUTSIDE, OUTSIDE_WITH_FAINT = 0.1, 0.25

UNNAMED = "unnamed"
PRODUCTS: dict[tuple[str, ...], str] = {
    ("digon", "digon"): "two digons (a square)",
    ("digon", "digon", "digon"): "three digons (an octahedron)",
    ("digon", "triangle"): "a triangle and a digon (a triangular bipyramid)",
    ("digon", "pentagon"): "a pentagon and a digon (a pentagonal bipyramid)",
    ("digon", "regular pentagon"): "a regular pentagon and a digon (a pentagonal bipyramid)",
}
IRREGULAR = {"tetrahedron": "tetrahedra", "simplex of 5 features": "simplices of 5 features"}


@dataclass(frozen=True)
class Component:
    """One tegum factor: features that interfere with each other and with no others.

    Attributes
    ----------
    name : str
        ``"dedicated feature"``, ``"digon"``, ``"regular pentagon"``, ...; ``"unnamed"`` when nothing fits.
    features : tuple of int
        In the order around a polygon or along an antiprism, otherwise ascending.
    distance : float
        Root mean square deviation of the cosines between the features from those of the polytope; infinite
        when unnamed.
    """

    name: str
    features: tuple[int, ...]
    distance: float

    @property
    def polytope(self) -> str:
        """The name without the word *regular*: a pentagon is one whether or not it is regular."""
        return self.name.removeprefix("regular ")

    @property
    def tolerance(self) -> float:
        """What the distance has to stay below for a name; it depends on the number of features."""
        return tolerance(len(self.features))


@dataclass(frozen=True)
class Geometry:
    """What the represented features of a model do; ``str(geometry)`` is the name.

    Attributes
    ----------
    name : str
        In words: ``"regular pentagon"``, ``"two digons (a square)"``, ``"1 dedicated feature, 2 digons"``,
        ``"nothing represented"``, ``"12 features in no named shape"``.
    distance : float
        Root mean square deviation of the cosines between all represented features from those of the named
        arrangement, whose factors are exactly orthogonal; infinite when some factor is unnamed.
    components : tuple of Component
        The tegum factors, by their most important feature.
    """

    name: str
    distance: float
    components: tuple[Component, ...]

    def __str__(self) -> str:
        return self.name


class _Seen(NamedTuple):
    """The represented features of one model, as naming looks at them."""

    n_hidden: int
    chosen: Order
    lengths: FloatArray
    directions: FloatArray
    cosines: FloatArray
    shares: FloatArray  # [i, j]: the part (Ŵ_i·W_j)² / ‖W_i‖² of i's direction that any feature j of W takes


def geometry(W: ArrayLike) -> Geometry:
    """Name the arrangement of the represented features (‖W_i‖ > 0.5) of one model.

    Features whose cosine is beyond ±0.2 belong to one factor (±0.16 or ±0.24, if more features get a name
    that way). A factor is a dedicated feature (it is alone), a digon (an antipodal pair: cosine below -0.95),
    a triangle, tetrahedron, simplex of five, pentagon to octagon, or square antiprism. Its cosines must be
    within a tolerance of those of the polytope, root mean square: 0.15 for three features, 0.13 for four,
    0.11 for five, 0.1 for more. The lengths of three or more may differ by half. A polygon is called regular
    if the cosines are within 0.05 and the lengths within 10 %. A square is two digons, an octahedron three.
    Anything else stays unnamed, and so does a factor that the other features, taken together, interfere with
    noticeably.

    Parameters
    ----------
    W : array, shape (n_hidden, n_features)
        One model; leading axes of length one are dropped.

    Notes
    -----
    The tolerances are so wide that normal noise of 3 % of a vertex's length on every entry of W (in the
    polytope's own space or two dimensions more) practically never costs a name; it can cost the word
    *regular*. The fewer the features, the less noise averages out, and the more often random directions come
    as close: of random frames, three features are called a triangle in 0.8 % of cases, five in a plane a
    pentagon in 0.03 %; five and more in three dimensions anything in about 0.01 %.
    """
    weights = as_one_model(W)
    norms = np.sqrt(np.square(weights).sum(axis=0))
    chosen = np.flatnonzero(norms > REPRESENTED)
    if not len(chosen):
        return Geometry("nothing represented", 0.0, ())
    lengths = norms[chosen]
    directions = weights[:, chosen] / lengths
    shares = np.square(directions.T @ weights) / np.square(lengths)[:, None]
    seen = _Seen(len(weights), chosen, lengths, directions, directions.T @ directions, shares)
    best = _arrangement(seen, EDGES[0])
    for edge in EDGES[1:]:
        if math.isfinite(best.distance):
            break
        best = max(best, _arrangement(seen, edge), key=_n_named)  # the first of equals
    return best


def _arrangement(seen: _Seen, edge: float) -> Geometry:
    """What the features form if those whose cosine is beyond ±``edge`` belong together."""
    overlaps = np.square(seen.cosines)
    components: list[Component] = []
    ideal = np.eye(len(seen.chosen))
    dimensions = 0
    for members in _connected(np.abs(seen.cosines) > edge):
        alone = (
            _outside(overlaps[members], members) < OUTSIDE
            and _outside(seen.shares[members], seen.chosen[members]) < OUTSIDE_WITH_FAINT
        )
        own = seen.cosines[members[:, None], members]
        found = fit(seen.directions[:, members], own, seen.lengths[members]) if alone else None
        if found is None:
            components.append(Component(UNNAMED, tuple(seen.chosen[members].tolist()), math.inf))
            continue
        members = members[found.order]
        ideal[members[:, None], members] = found.gram
        components.append(Component(found.name, tuple(seen.chosen[members].tolist()), found.distance))
        dimensions += found.dimension
    if dimensions > seen.n_hidden:  # too many to be at right angles, however slightly each pair overlaps
        components = [Component(UNNAMED, tuple(seen.chosen.tolist()), math.inf)]
    named = all(component.name != UNNAMED for component in components)
    distance = rms(seen.cosines - ideal) if named else math.inf
    is_product = distance < tolerance(len(seen.chosen)) and alike(seen.lengths, ALIKE)
    return Geometry(_words(components, is_product), distance, tuple(components))


def _n_named(found: Geometry) -> int:
    """How many features belong to a factor that has a name."""
    return sum(len(component.features) for component in found.components if component.name != UNNAMED)


def _connected(joined: NDArray[np.bool_]) -> list[Order]:
    """The connected parts of a graph given by its symmetric matrix, by their first member."""
    left = np.ones(len(joined), dtype=np.bool_)
    parts: list[Order] = []
    while left.any():
        part = [int(left.argmax())]
        left[part] = False
        for member in part:  # grows while it is read
            new = np.flatnonzero(joined[member] & left)
            left[new] = False
            part.extend(new.tolist())
        parts.append(np.array(sorted(part)))
    return parts


def _outside(rows: FloatArray, members: Order) -> float:
    """The largest sum of a row over the columns that are not members."""
    return float((rows.sum(axis=1) - rows[:, members].sum(axis=1)).max())


def _words(components: list[Component], is_product: bool) -> str:
    """The arrangement in words: dedicated features first, then polytopes by size, then what has no name."""
    named = [component for component in components if component.name != UNNAMED]
    if len(named) == len(components):
        product = PRODUCTS.get(tuple(sorted(component.name for component in named)))
        if product is not None and is_product:
            return product
        if len(named) == 1 and named[0].name != DEDICATED:
            return named[0].name
    named.sort(key=lambda component: (len(component.features), component.name))
    counts = Counter(component.name for component in named)
    parts = [f"{count} {plural(name, count)}" for name, count in counts.items()]
    unnamed = sum(len(component.features) for component in components if component.name == UNNAMED)
    if unnamed:
        parts.append(f"{unnamed} {plural('feature', unnamed)} in no named shape")
    return ", ".join(parts)


def plural(noun: str, count: int) -> str:
    """The noun in the number that ``count`` asks for."""
    return noun if count == 1 else IRREGULAR.get(noun, f"{noun}s")
