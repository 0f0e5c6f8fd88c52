"""An input, an attack on it, and what the model answers before and after."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import traitlets

from .. import measures
from ..core.checks import SettingError, real
from ..measures.adversary import SIZE
from . import attack_svg
from .base import BaseWidget, Index, static_text
from .looked_at import LookedAt, Sample, collision, looked_at
from .selection import Selection, Tied

BROKEN = 1.1
"""A feature with a dimension of its own moves by about ε at most; a norm slightly above 1 is no break."""


@dataclasses.dataclass(frozen=True, eq=False)
class Attacked:
    """What an attack does to one input.

    Attributes
    ----------
    attack : Attack
        Whose row of WᵀW it follows, its sign, its size ε and the vector δ.
    before, after : array, shape (n_features,)
        The model's answers to x and to x + δ.
    loss_before, loss_after : float
        The losses of both answers, judged by x, without a penalty on hidden activations.
    broken : tuple of int
        Outputs that moved by more than 1.1 ε, which no output of a model without superposition does.
    """

    attack: measures.Attack
    before: np.ndarray
    after: np.ndarray
    loss_before: float
    loss_after: float
    broken: tuple[int, ...]


class AttackView(Tied, BaseWidget):
    """How a small change of one input breaks outputs that have nothing to do with it.

    An attack is δ = ±ε (WᵀW)_i/‖(WᵀW)_i‖, the direction in which output i moves most, and ε a part of the
    average length of an input. Choose the input, whose row is followed (or the worst for this input) and the
    size, and see δ, the answers before and after, and which outputs are broken: moved by more than 1.1 ε. All
    of it is worked out in the browser; `value` is the same, from `measures`.

    Parameters
    ----------
    source : Run, torch module, (W, b) or W
        A model without neurons, ``relu_output`` or ``linear``; at most 400 features.
    instance : int, optional
        Which instance. Default: the best one of a `Run`, the first one of anything else.
    x : sequence of float, or dict of int to float, optional
        The input: a number a feature, or the active ones with their values. Default: the two features that
        disturb each other most.
    selection : Selection, optional
        Shared with other views: point at a feature in one, see it in all.
    **traits
        ``fraction``, ``feature``, ``sign``, ``hovered``, ``pinned``, ``layout``.

    Raises
    ------
    SettingError
        When ``source`` cannot be attacked, or ``x`` does not fit it.

    Examples
    --------
    >>> AttackView(run, x={0: 1.0}, fraction=0.2)  # doctest: +SKIP
    """

    _esm = static_text("attack_view.js")
    _css = static_text("attack_view.css")

    _weights = traitlets.Bytes().tag(sync=True)
    _meta = traitlets.Dict().tag(sync=True)
    _mean_length = traitlets.Float(1.0).tag(sync=True)

    x = Sample().tag(sync=True)
    """The input, one number a feature; a dict of the active ones will do. The sliders change it too."""

    fraction = traitlets.Float(SIZE).tag(sync=True)
    """ε as a part of the average length of an input, 0 to 0.5. Default 0.1."""

    feature = Index(None, allow_none=True).tag(sync=True)
    """Whose row of WᵀW is followed; ``None``, the default, is the worst of all attacks for this input."""

    sign = traitlets.Enum((1, -1), 1).tag(sync=True)
    """Whether that feature's output is raised or lowered; without a ``feature`` it does not count."""

    def __init__(
        self,
        source: Any,
        instance: int | None = None,
        *,
        x: Any = None,
        selection: Selection | None = None,
        **traits: Any,
    ) -> None:
        self._model: LookedAt = _attackable(source, instance)
        given = collision(self._model.W) if x is None else x
        super().__init__(
            _weights=self._model.bytes,
            _meta=self._model.meta,
            _mean_length=measures.attack_size(self._model.problem, 1.0),
            x=given,
            **traits,
        )
        self._share(selection)

    @property
    def _n_features(self) -> int:
        return self._model.n

    @traitlets.validate("fraction")
    def _within(self, proposal: Any) -> float:
        return real("fraction", proposal["value"], low=0.0, high=0.5)

    @traitlets.validate("feature")
    def _feature_exists(self, proposal: Any) -> int | None:
        value, last = proposal["value"], self._model.n - 1
        if value is not None and value > last:
            raise traitlets.TraitError(
                f"feature={value} is outside 0 to {last}; the nearest that works is {last}."
            )
        return value

    @property
    def value(self) -> Attacked:
        """The attack that is shown, and what it does."""
        model, x = self._model, np.asarray(self.x)
        size = self.fraction * self._mean_length
        if self.feature is None:
            attack = measures.strongest_attack(model.problem, model.W, model.b, x, size)
        else:
            row = self.feature + (0 if self.sign > 0 else model.n)
            delta = measures.analytic_attacks(model.W, size)[row]
            attack = measures.Attack(self.feature, self.sign, size, delta)
        before, after = (model.trace(given).output for given in (x, x + attack.perturbation))
        loss, harmed = (
            float(measures.attacked_losses(model.problem, model.W, model.b, x, delta))
            for delta in (0.0, attack.perturbation)
        )
        broken = np.flatnonzero(np.abs(after - before) > BROKEN * size)
        return Attacked(attack, before, after, loss, harmed, tuple(int(j) for j in broken))

    @property
    def caption(self) -> str:
        """One sentence that says what the attack does."""
        return attack_svg.caption(self._model, self.value, self.fraction)

    def picture(self) -> str:
        """Return what is shown now as a static SVG document."""
        return attack_svg.picture(self._model, np.asarray(self.x), self.value, self.fraction)

    def show(self, source: Any, instance: int | None = None) -> None:
        """Attack another model; the input and the attack stay where it has as many features.

        Raises
        ------
        SettingError
            When ``source`` cannot be attacked; the picture stays as it was.
        """
        model = _attackable(source, instance)
        same = model.n == self._model.n
        x = self.x if same else collision(model.W)
        length = measures.attack_size(model.problem, 1.0)
        with self.hold_sync():  # one message: the browser never sees one model with the input of another
            self._model = model
            self.feature = self.feature if same else None
            self._weights, self._meta, self._mean_length, self.x = model.bytes, model.meta, length, x


def _attackable(source: Any, instance: int | None) -> LookedAt:
    model = looked_at(source, instance)
    if model.problem.has_neurons:
        raise SettingError(
            f"The attacks are those on models without neurons, but {model.problem.architecture} has some; "
            "use one with architecture='relu_output'."
        )
    return model
