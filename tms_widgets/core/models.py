"""The paper's models as one torch module, batched over instances."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .problem import Problem


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

    Parameters
    ----------
    problem : Problem
        Says which architecture, n and m.
    W : Tensor, shape (n_instances, n_hidden, n_features)
    b : Tensor, shape (n_instances, n_features)
    W_out : Tensor, shape (n_instances, n_features, n_hidden), optional
        For ``untied`` alone.
    """

    def __init__(self, problem: Problem, W: Tensor, b: Tensor, W_out: Tensor | None = None) -> None:
        super().__init__()
        self.problem = problem
        self.W = nn.Parameter(W)
        self.b = nn.Parameter(b)
        self.W_out = None if W_out is None else nn.Parameter(W_out)

    def forward(self, x: Tensor) -> Tensor:
        """x' of shape ``(n_instances, batch, n_features)`` for x of the same shape."""
        hidden = x @ self.W.mT
        if self.problem.architecture in ("relu_hidden", "untied"):
            hidden = torch.relu(hidden)
        readout = self.W if self.W_out is None else self.W_out.mT
        output = hidden @ readout + self.b[:, None, :]
        return output if self.problem.architecture == "linear" else torch.relu(output)

    def target(self, x: Tensor) -> Tensor:
        """What the model must answer to x: x itself, or |x| for ``untied``."""
        return x.abs() if self.problem.architecture == "untied" else x


def loss_of(model: ToyModel, x: Tensor, importance: Tensor) -> Tensor:
    """Loss of each instance, shape ``(n_instances,)``.

    The mean over the batch of the sum over features of I_i (x_i − x'_i)²; ``importance`` has shape
    ``(n_instances, n_features)``.
    """
    error = model(x) - model.target(x)
    return (importance[:, None, :] * error.square()).sum(-1).mean(-1)
