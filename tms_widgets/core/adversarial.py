"""Adversarial training: what a model sees while it learns is attacked (*Adversarial Robustness*).

Every input of a batch gets the attack ε (WᵀW)_i / ‖(WᵀW)_i‖ on a random feature i of its own: of all
changes of length ε, this one raises output i most. It raises, because most features of a sparse input are
off and can only be harmed so. The attack follows the weights as they are at that step, and no gradient goes
through it. The model must answer the input as it was.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from .evaluation import average_length
from .problem import Problem


class RandomAttacks:
    """An attack for each input of a batch, one independent stream an instance.

    Parameters
    ----------
    problems : sequence of Problem
        One an instance, without neurons.
    seeds : sequence of int
        One an instance.
    fraction : float
        ε as a part of the average length of an input of the problem.
    batch_size : int
    device : torch.device
    """

    def __init__(
        self,
        problems: Sequence[Problem],
        seeds: Sequence[int],
        fraction: float,
        batch_size: int,
        device: torch.device,
    ) -> None:
        length = {problem: average_length(problem) for problem in dict.fromkeys(problems)}
        sizes = [fraction * length[problem] for problem in problems]
        self.sizes = torch.tensor(sizes, dtype=torch.float32, device=device)[:, None, None]
        self.generators = [torch.Generator(device).manual_seed(own_seed(seed)) for seed in seeds]
        self.choices, self.batch_size = problems[0].n_features, batch_size
        self.instance = torch.arange(len(problems), device=device)[:, None]

    def on(self, W: Tensor) -> Tensor:
        """The perturbations, shape ``(n_instances, batch_size, n_features)``, for weights as they are."""
        weights = W.detach()
        attacks = self.sizes * functional.normalize(weights.mT @ weights, dim=-1)
        shape = (self.batch_size,)
        drawn = [torch.randint(self.choices, shape, generator=g, device=g.device) for g in self.generators]
        return attacks[self.instance, torch.stack(drawn)]


def own_seed(seed: int) -> int:
    """A seed for the attacks on an instance: with its own they would repeat the random numbers of its inputs.

    Torch takes the lower 32 bits of a seed only, so a large number added to it would change nothing.
    """
    return int(np.random.SeedSequence([int(seed), 1]).generate_state(1)[0])
