"""Names for what the represented features of a model do.

After *The Geometry of Superposition*: draw an edge between features that interfere; the connected parts are
the tegum factors, which lie in (nearly) orthogonal subspaces; each factor of a trained model tends to be a
regular polytope. Names speak of the features' directions; their lengths only have to be alike.
"""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import FloatArray, as_one_model
from .shapes import ALIKE, DEDICATED, TOLERANCE, Order, alike, fit, rms

REPRESENTED = 0.5
# An edge joins two represented features whose cosine is larger than this, of either sign.
EDGE = 0.2
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


def geometry(W: ArrayLike) -> Geometry:
    """Name the arrangement of the represented features (‖W_i‖ > 0.5) of one model.

    Features whose cosine is beyond ±0.2 belong to one factor. A factor is a dedicated feature (it is alone),
    a digon (an antipodal pair: cosine below -0.95), a triangle, tetrahedron, simplex of five or square
    antiprism (cosines within 0.1 of it, root mean square), or a pentagon to octagon (each gap within 20/72 of
    the regular one; called regular if the cosines are within 0.05 and the lengths within 10 %).
    Otherwise the lengths within a polytope of three or more vertices may differ by half. A square is two
    digons, an octahedron three. Anything else stays unnamed, and so does a factor that the other features,
    taken together, interfere with noticeably.

    Parameters
    ----------
    W : array, shape (n_hidden, n_features)
        One model; leading axes of length one are dropped.
    """
    weights = as_one_model(W)
    norms = np.sqrt(np.square(weights).sum(axis=0))
    chosen = np.flatnonzero(norms > REPRESENTED)
    if not len(chosen):
        return Geometry("nothing represented", 0.0, ())
    lengths = norms[chosen]
    directions = weights[:, chosen] / lengths
    cosines = directions.T @ directions
    overlaps = np.square(cosines)
    shares = np.square(directions.T @ weights) / np.square(lengths)[:, None]
    components: list[Component] = []
    ideal = np.eye(len(chosen))
    dimensions = 0
    for members in _connected(np.abs(cosines) > EDGE):
        alone = (
            _outside(overlaps[members], members) < OUTSIDE
            and _outside(shares[members], chosen[members]) < OUTSIDE_WITH_FAINT
        )
        own = cosines[members[:, None], members]
        found = fit(directions[:, members], own, lengths[members]) if alone else None
        if found is None:
            components.append(Component(UNNAMED, tuple(chosen[members].tolist()), math.inf))
            continue
        members = members[found.order]
        ideal[members[:, None], members] = found.gram
        components.append(Component(found.name, tuple(chosen[members].tolist()), found.distance))
        dimensions += found.dimension
    if dimensions > len(weights):  # too many to be at right angles, however slightly each pair overlaps
        components = [Component(UNNAMED, tuple(chosen.tolist()), math.inf)]
    named = all(component.name != UNNAMED for component in components)
    distance = rms(cosines - ideal) if named else math.inf
    is_product = distance < TOLERANCE and alike(lengths, ALIKE)
    return Geometry(_words(components, is_product), distance, tuple(components))


def _connected(joined: NDArray[np.bool_]) -> list[Order]:
    """The connected parts of a graph given by its symmetric matrix, by their first member."""
    left = set(range(len(joined)))
    neighbours: list[list[int]] = [[] for _ in left]
    for i, j in np.argwhere(joined).tolist():
        neighbours[i].append(j)
    parts: list[Order] = []
    while left:
        part = [min(left)]
        left.discard(part[0])
        for member in part:  # grows while it is read
            new = left.intersection(neighbours[member])
            left -= new
            part.extend(new)
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
