"""How a dictionary is trained: sparse autoencoders side by side, in torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .engines.reference import one_thread

WARM_UP = 50
"""Steps over which the learning rate rises: until then Adam's idea of a gradient's size is a guess."""
REVIVALS = 16
"""Parts of a training; after each one of the first half, atoms that were never active in it begin anew."""

Array = NDArray[np.float32]


def fit(
    h: Array,
    sizes: Sequence[int],
    l1: Sequence[float],
    *,
    seed: int,
    steps: int,
    batch_size: int,
    learning_rate: float,
) -> list[tuple[Array, Array, Array]]:
    """Encoder, decoder and bias of a dictionary for each of ``sizes`` and ``l1``, as in `core.dictionary`.

    All have as many columns as the largest; those beyond a dictionary's own size are never active.
    """
    rng = np.random.default_rng(seed)
    with one_thread():
        trained = _Autoencoders(h.shape[1], sizes, l1, rng)
        data = torch.from_numpy(np.ascontiguousarray(h))  # pyright: ignore[reportUnknownMemberType]
        part = max(1, steps // REVIVALS)
        for step in range(steps):
            rate = learning_rate * min(1.0, (step + 1) / WARM_UP)
            rate *= 0.5 + 0.5 * math.cos(math.pi * step / steps)
            x = data[torch.from_numpy(rng.integers(len(h), size=batch_size))]  # pyright: ignore[reportUnknownMemberType]
            error = trained.descend(x, rate)
            if (step + 1) % part == 0:
                if step < steps // 2:
                    trained.revive(error, rng)
                trained.used.zero_()
        parts = (trained.encoder, trained.decoder, trained.bias[:, 0])
        encoder, decoder, bias = (one.detach().numpy() for one in parts)
    return [(encoder[k], decoder[k], bias[k]) for k in range(len(sizes))]


class _Autoencoders:
    """Weights with an axis of dictionaries in front, and one optimiser for all."""

    def __init__(
        self, dimension: int, sizes: Sequence[int], l1: Sequence[float], rng: np.random.Generator
    ) -> None:
        count, atoms = len(sizes), max(sizes)
        start = rng.standard_normal((count, dimension, atoms), dtype=np.float32)
        start /= np.linalg.norm(start, axis=1, keepdims=True)
        # an encoder that looks along its own atom: each begins to code for what lies near it
        self.decoder: Tensor = torch.tensor(start, requires_grad=True)
        self.encoder: Tensor = torch.tensor(start, requires_grad=True)
        self.bias: Tensor = torch.zeros(count, 1, atoms, requires_grad=True)
        self.exists = torch.arange(atoms) < torch.tensor(sizes)[:, None]
        self.l1 = torch.tensor(l1, dtype=torch.float32)[:, None]
        self.used = torch.zeros(count, atoms)
        self.optimiser = torch.optim.Adam([self.encoder, self.decoder, self.bias], eps=1e-12)

    def descend(self, x: Tensor, rate: float) -> Tensor:
        """One step on a batch ``(batch, h_dim)``; returns what was not explained, x − Σ_k a_k d_k."""
        codes = torch.relu(x @ self.encoder + self.bias) * self.exists[:, None]
        error = x - codes @ self.decoder.mT
        loss = (error.square().sum(-1) + self.l1 * codes.sum(-1)).mean(-1)
        self.optimiser.zero_grad()
        loss.sum().backward()  # pyright: ignore[reportUnknownMemberType]
        self.optimiser.param_groups[0]["lr"] = rate
        with torch.no_grad():
            # long atoms would make codes cheap: they are turned, and keep their length of 1
            gradient = cast(Tensor, self.decoder.grad)
            gradient.sub_(self.decoder * (self.decoder * gradient).sum(1, keepdim=True))
            self.optimiser.step()  # pyright: ignore[reportUnknownMemberType]
            self.decoder.div_(_lengths(self.decoder))
            self.used += (codes > 0.0).sum(1)
        return error.detach()

    def revive(self, error: Tensor, rng: np.random.Generator) -> None:
        """Atoms that were never active begin anew, along what is badly explained."""
        for k in range(len(error)):
            dead = torch.nonzero((self.used[k] == 0) & self.exists[k])[:, 0]
            badness = error[k].square().sum(-1).double().numpy()
            if not len(dead) or badness.sum() == 0.0:
                continue
            chosen = rng.choice(len(badness), len(dead), p=badness / badness.sum())
            directions = error[k, torch.from_numpy(chosen)].T  # pyright: ignore[reportUnknownMemberType]
            directions = directions / _lengths(directions[None])[0]
            with torch.no_grad():
                self.decoder[k][:, dead] = directions
                self.encoder[k][:, dead] = directions
                self.bias[k][:, dead] = 0.0
            for weights in (self.encoder, self.decoder, self.bias):
                for moment in ("exp_avg", "exp_avg_sq"):
                    self.optimiser.state[weights][moment][k][:, dead] = 0.0


def _lengths(atoms: Tensor) -> Tensor:
    """Of the columns of each dictionary, never quite 0; shape ``(dictionaries, 1, atoms)``."""
    return atoms.square().sum(1, keepdim=True).sqrt().clamp_min(1e-12)
