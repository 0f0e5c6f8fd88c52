"""The paper's models as one torch module, batched over instances."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from .problem import Problem

OUTPUT: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "squared_relu": lambda s: torch.relu(s).square(),
    "gelu": functional.gelu,
    "linear": lambda s: s,
}
"""The activations of the output."""


class ToyModel(nn.Module):
    """``n_instances`` models side by side, each with weights of its own.

    With h the hidden vector and x' the output (*The model*, and *Privileged basis* and *Computation in
    superposition* for the last two):

    =============== =============================================
    ``linear``      x' = Wᵀ W x + b
    ``relu_output`` x' = ReLU(Wᵀ W x + b)
    ``relu_hidden`` h = ReLU(W x), x' = ReLU(Wᵀ h + b)
    ``untied``      h = ReLU(W x), y' = ReLU(W_out h + b), for |x|
    =============== =============================================

    Neurons may have a bias of their own, and another activation may stand in the output's place of ReLU.

    Parameters
    ----------
    problem : Problem
        Says which architecture, n and m.
    W : Tensor, shape (n_instances, n_hidden, n_features)
    b : Tensor, shape (n_instances, n_features)
    W_out : Tensor, shape (n_instances, n_features, n_hidden), optional
        For ``untied`` alone.
    b_hidden : Tensor, shape (n_instances, n_hidden), optional
        Where the problem has a hidden bias.
    """

    def __init__(
        self,
        problem: Problem,
        W: Tensor,
        b: Tensor,
        W_out: Tensor | None = None,
        b_hidden: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.problem = problem
        self.W = nn.Parameter(W)
        self.b = nn.Parameter(b, requires_grad=problem.bias)
        self.W_out = None if W_out is None else nn.Parameter(W_out)
        self.b_hidden = None if b_hidden is None else nn.Parameter(b_hidden)

    def hidden(self, x: Tensor) -> Tensor:
        """h of shape ``(n_instances, batch, n_hidden)``, for x with features in its last axis."""
        h = x @ self.W.mT
        if self.b_hidden is not None:
            h = h + self.b_hidden[:, None, :]
        return torch.relu(h) if self.problem.has_neurons else h

    def output(self, h: Tensor) -> Tensor:
        """x' of the shape of x, from the hidden vector."""
        readout = self.W if self.W_out is None else self.W_out.mT
        return OUTPUT[self.problem.activation](h @ readout + self.b[:, None, :])

    def forward(self, x: Tensor) -> Tensor:
        """x' of shape ``(n_instances, batch, n_features)`` for x of the same shape."""
        return self.output(self.hidden(x))

    def target(self, x: Tensor) -> Tensor:
        """What the model must answer to x: x itself, or |x| for ``untied``."""
        return x.abs() if self.problem.architecture == "untied" else x


def loss_of(model: ToyModel, x: Tensor, importance: Tensor, seen: Tensor | None = None) -> Tensor:
    """Loss of each instance, shape ``(n_instances,)``.

    The mean over the batch of the sum over features of I_i (x_i − x'_i)², and of λ Σ_a |h_a| where the
    problem has a penalty; ``importance`` has shape ``(n_instances, n_features)``. The model may be shown
    something else than x (``seen``) and must still answer to x.
    """
    h = model.hidden(x if seen is None else seen)
    error = model.output(h) - model.target(x)
    loss = (importance[:, None, :] * error.square()).sum(-1)
    if model.problem.l1:
        loss = loss + model.problem.l1 * h.abs().sum(-1)
    return loss.mean(-1)
