"""The whole instrument: sliders that retrain, linked views, and the training as a film."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import traitlets

from ..core.checks import SettingError, integer
from ..core.problem import Problem
from ..core.run import Run
from ..core.training import MAX_SEED
from . import svg
from .base import BaseWidget, Index, static_text
from .presets import PRESETS, preset_named
from .selection import Selection, Tied
from .setup import OWN_TRAITS, PLAIN_TRAITS, Setup
from .trainer import MOST_SEEDS, Answer, Training, settings_of

OPENING_BUDGET_S = 0.5
LONGEST_BUDGET_S = 1.0
DEFAULT_PRESET = "E1 S=0.9"
DEFAULT_SEEDS = 8
SETUP_TRAITS = (*PLAIN_TRAITS, "sparsity", *OWN_TRAITS)
SEED_TRAITS = ("seed", "n_seeds")


class Explorer(Tied, BaseWidget):
    """Move a slider and see a toy model, trained from scratch, change its mind about how to store features.

    Parameters
    ----------
    problem : Problem or Run, optional
        What to learn first; or a finished run of one problem, shown as it is. Default: five features in two
        dimensions at sparsity 0.9.
    n_seeds : int, optional
        Models trained side by side; the one with the lowest loss is shown. Default: what the preset wants,
        or 8.
    seed : int, default 0
        First seed.
    preset : str, optional
        The name of a preset, such as ``"E4 S=0.9"``, or its first word, in the place of ``problem``.
    selection : Selection, optional
        Shared with other views: point at a feature in one, see it in all.
    **traits
        Any trait below; one that belongs to the problem or its training changes that setting of it.

    Setting such a trait, or ``problem`` itself, trains again and shows the result. Every setting is checked
    first, and one that cannot be used raises an error and changes nothing.

    Examples
    --------
    >>> explorer = Explorer(preset="E1", sparsity=0.95)
    >>> explorer.density
    0.05
    >>> explorer.run.best.W.shape
    (1, 2, 5)
    """

    _esm = static_text("explorer.js")
    _css = static_text("explorer.css")

    # The settings live in Python and travel inside requests and replies, not each on its own.
    n_features = traitlets.Any()
    """The paper's n, a whole number from 1."""
    n_hidden = traitlets.Any()
    """The paper's m, a whole number from 1."""
    density = traitlets.Any()
    """1 − S, in (0, 1]: the probability that a feature is non-zero; one number, or one a feature.

    The perturbed feature has `factor` times that; ``problem.density`` is what every feature has in the end.
    """
    sparsity = traitlets.Any()
    """S = 1 − ``density``; changes with it."""
    importance = traitlets.Any()
    """A decay r in (0, 1], for I_i = r^i; or one importance a feature."""
    architecture = traitlets.Any()
    """``"relu_output"``, ``"linear"``, ``"relu_hidden"`` or ``"untied"``."""
    activation = traitlets.Any()
    """Of the output: ``"relu"``, ``"squared_relu"``, ``"gelu"`` or ``"linear"``. The ``linear`` architecture
    has a linear one, and ``relu_output`` becomes ``linear`` with it."""
    hidden_bias = traitlets.Any()
    """Whether neurons have a bias too; False where there are no neurons."""
    l1 = traitlets.Any()
    """λ ≥ 0 of a penalty λ Σ_a |h_a| on the hidden activations, which is part of the loss; 0 for none."""
    features = traitlets.Any()
    """``"independent"``; or ``"correlated"``, all members of a set active together; or ``"anticorrelated"``,
    one random member of a set at a time. Then `density` is that of a set."""
    set_size = traitlets.Any()
    """Members of each set, a divisor of `n_features`; consecutive features form a set. None while features
    are independent; sets without a size get the smallest above 1."""
    perturbed = traitlets.Any()
    """The feature whose density is multiplied by `factor`, with its whole set if it is in one; or None."""
    factor = traitlets.Any()
    """From 0.1 to 10. The density it makes never passes 1. Always 1 while `perturbed` is None."""
    training = traitlets.Any()
    """Settings of `tms_widgets.train` in the place of the usual schedule, by name: ``quality``, ``steps``,
    ``batch_size``, ``learning_rate``, ``decay``, ``init``, ``n_frames``; an empty dict for the usual one. A
    small ``init`` with ``decay="none"`` and a low rate shows slowly how a model forms."""
    seed = traitlets.Any(0)
    """First seed, a whole number from 0."""
    n_seeds = traitlets.Any(8)
    """How many seeds are trained."""

    frame = Index(0).tag(sync=True)
    """Index of the frame shown; larger than the last means the last, which is the default."""

    _film = traitlets.Bytes().tag(sync=True)
    _meta = traitlets.Dict().tag(sync=True)
    _state = traitlets.Dict().tag(sync=True)
    _menu = traitlets.Dict().tag(sync=True)

    _answering: int | None = None  # the thread that answers a request, if any

    def __init__(
        self,
        problem: Problem | Run | None = None,
        *,
        n_seeds: int | None = None,
        seed: int = 0,
        preset: str | None = None,
        selection: Selection | None = None,
        **traits: Any,
    ) -> None:
        changes = {name: traits.pop(name) for name in SETUP_TRAITS if name in traits}
        self._lock = threading.RLock()
        self._settling: int | None = None
        self._pushes = 0
        answer = self._use(self._first_training(problem, preset, changes, n_seeds, seed))
        self._answer = answer
        film, state = answer.film, answer.state
        # all in the message that opens the model: a page that reads it before the next must see a picture
        traits = {"frame": len(film) - 1, "_film": film.bytes, "_meta": film.meta, "_state": state, **traits}
        with self._settled():
            section = preset_named(preset or DEFAULT_PRESET).section
            super().__init__(_menu=_menu(state["settings"], section), **traits)
            self._keep(answer)
        self._share(selection)
        self.on_msg(self._on_message)

    # What a user reads and sets.

    @property
    def problem(self) -> Problem:
        """What is learned now. Set it to learn something else, with no feature perturbed."""
        return self._answer.run.problem

    @problem.setter
    def problem(self, problem: Problem) -> None:
        self._train(Setup(_problem(problem), training=self.training), self.n_seeds, self.seed)

    @property
    def run(self) -> Run:
        """Everything trained so far for the settings shown; ``run.best`` is what the views show."""
        return self._answer.run

    @property
    def value(self) -> dict[str, Any]:
        """The settings, by name."""
        return settings_of(self._answer.setup, self.n_seeds, self.seed)

    @property
    def caption(self) -> str:
        """One sentence that says what the trained model shows."""
        return self._answer.film.caption

    def picture(self) -> str:
        """Return the frame shown now as a static SVG document."""
        return svg.picture(self._answer.film, self.frame, ("geometry", "matrix", "bars"))

    def close(self) -> None:
        """Remove the instrument from the page and from memory. Closing again does nothing."""
        self.on_msg(self._on_message, remove=True)
        super().close()

    # Traits.

    @traitlets.validate(*SETUP_TRAITS)
    def _valid_setup(self, proposal: Any) -> Any:
        name = proposal["trait"].name
        if self._settling == threading.get_ident():
            return proposal["value"]
        try:
            return self._answer.setup.replace(**{name: proposal["value"]})[name]
        except SettingError as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.validate(*SEED_TRAITS)
    def _valid_seed(self, proposal: Any) -> int:
        try:
            if proposal["trait"].name == "seed":
                return integer("seed", proposal["value"], low=0, high=MAX_SEED)
            return integer("n_seeds", proposal["value"], low=1, high=MOST_SEEDS)
        except SettingError as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.validate("frame")
    def _within_film(self, proposal: Any) -> int:
        # the browser may speak of a frame of the film before this one, so this is no error
        return min(proposal["value"], len(self._answer.film) - 1)

    @traitlets.observe(*SETUP_TRAITS, *SEED_TRAITS)
    def _setting_changed(self, change: Any) -> None:
        if self._settling == threading.get_ident():
            return
        setup = self._answer.setup
        if change.name in SETUP_TRAITS:
            setup = setup.replace(**{change.name: change.new})
        try:
            self._train(setup, self.n_seeds, self.seed)
        except SettingError as error:  # too large for the memory there is
            with self._settled():
                setattr(self, change.name, change.old)
            raise traitlets.TraitError(str(error)) from None

    def notify_change(self, change: Any) -> None:
        """Tell observers; and the browser, except of what it is being told in a reply."""
        if self._answering == threading.get_ident():
            traitlets.HasTraits.notify_change(self, change)
        else:
            super().notify_change(change)

    # Training.

    def _first_training(
        self, source: Any, preset: Any, changes: dict[str, Any], n_seeds: Any, seed: Any
    ) -> Training:
        if isinstance(source, Run) and preset is None and not changes:
            return Training(Setup(source.problem), source, self._push_token(), note=source.engine_note)
        if source is not None and preset is not None:
            raise SettingError(
                "problem and preset were both given, but each decides the other; pass only one."
            )
        named = preset_named(preset or DEFAULT_PRESET) if source is None else None
        setup = Setup(_problem(source)) if named is None else named.setup
        if n_seeds is None:
            n_seeds = (named and named.n_seeds) or DEFAULT_SEEDS
        return self._started(setup.replace(**changes) if changes else setup, n_seeds, seed)

    def _started(self, setup: Setup, n_seeds: Any, seed: Any) -> Training:
        """Training that Python asked for."""
        token = self._push_token()
        return Training.start(setup, n_seeds=n_seeds, seed=seed, token=token, budget_s=OPENING_BUDGET_S)

    def _train(self, setup: Setup, n_seeds: int, seed: int) -> None:
        """Train because Python asked, and send the result to every front end."""
        with self._lock:
            answer = self._use(self._started(setup, n_seeds, seed))
            with self._settled(), self.hold_sync():
                self._keep(answer)

    def _use(self, training: Training) -> Answer:
        """Put a training in the place of the one before, once it has shown that it can be drawn."""
        answer = training.answer()
        self._training = training
        return answer

    def _push_token(self) -> int:
        """A token no front end uses: theirs are positive."""
        self._pushes += 1
        return -self._pushes

    def _keep(self, answer: Answer) -> None:
        """Make the traits say what the answer says."""
        settings = answer.state["settings"]
        same = answer.state["token"] == self._state.get("token")
        self._answer = answer
        for name in SETUP_TRAITS:
            setattr(self, name, answer.setup[name])
        self.n_seeds, self.seed = settings["n_seeds"], settings["seed"]
        self._film, self._meta, self._state = answer.film.bytes, answer.film.meta, answer.state
        if not same:
            self.frame = len(answer.film) - 1

    @contextlib.contextmanager
    def _settled(self) -> Iterator[None]:
        """Traits that this thread sets inside are results, not wishes."""
        before, self._settling = self._settling, threading.get_ident()
        try:
            yield
        finally:
            self._settling = before

    # Requests of the front end.

    def _on_message(self, _widget: Any, content: Any, _buffers: Any) -> None:
        token = content.get("token") if isinstance(content, dict) else None
        try:
            with self._lock:
                answer = self._respond(content)
        except SettingError as error:
            self._fail(token, str(error))
        except KeyboardInterrupt:
            self._fail(token, "Training was interrupted; move a slider to train again.")
        except Exception as error:  # the reader is in the browser: nobody there sees a traceback
            self._fail(token, f"The kernel could not do this ({type(error).__name__}: {error}).")
        else:
            reply = {**answer.state, "type": "film", "token": token, "meta": answer.film.meta}
            self.send(reply, [answer.film.bytes])

    def _respond(self, content: Any) -> Answer:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "train":
            answer = self._use(self._requested(content))
        elif kind == "continue":
            self._training.advance(_budget(content))
            answer = self._training.answer()
        elif kind == "show":
            self._training.show(content.get("instance"))
            answer = self._training.answer()
        else:
            raise SettingError(f"type={kind!r} is not a request; use 'train', 'continue' or 'show'.")
        self._answering = threading.get_ident()
        try:
            with self._settled():
                self._keep(answer)
        finally:
            self._answering = None
        return answer

    def _requested(self, content: dict[str, Any]) -> Training:
        settings = content.get("settings")
        if not isinstance(settings, dict):
            raise SettingError("The request lacks settings.")
        return Training.start(
            self._answer.setup.replace(**settings),
            n_seeds=content.get("n_seeds", self.n_seeds),
            seed=content.get("seed", self.seed),
            token=content.get("token"),
            budget_s=_budget(content),
        )

    def _fail(self, token: Any, message: str) -> None:
        self.send({"type": "error", "token": token, "message": message})


def _problem(source: Any) -> Problem:
    if isinstance(source, Run):
        return source.problem
    if not isinstance(source, Problem):
        raise TypeError(f"An Explorer needs a Problem or a Run, not {type(source).__name__}.")
    return source


def _budget(content: dict[str, Any]) -> float:
    """Seconds the request allows, within what a kernel may be kept busy."""
    asked = content.get("budget_ms", 0)
    number = isinstance(asked, (int, float)) and not isinstance(asked, bool) and asked >= 0
    return min(asked / 1000 if number else 0.0, LONGEST_BUDGET_S)


def _menu(initial: dict[str, Any], section: str) -> dict[str, Any]:
    """What the front end offers: the presets, the section shown first, the settings *Reset* goes back to."""
    presets = []
    for preset in PRESETS:
        settings = settings_of(preset.setup, initial["n_seeds"], initial["seed"])
        settings = {name: value for name, value in settings.items() if name not in SEED_TRAITS}
        if preset.n_seeds is not None:
            settings["n_seeds"] = preset.n_seeds
        presets.append(
            {"name": preset.name, "title": preset.title, "section": preset.section, "settings": settings}
        )
    return {"presets": presets, "section": section, "initial": initial}
