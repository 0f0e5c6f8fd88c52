"""Random models, and their loss and gradient twice: by the stratified engine, and by autograd in float64."""

import numpy as np
import torch

from tms_widgets.core import Problem
from tms_widgets.core.engines.cache import load_kernels
from tms_widgets.core.engines.stratified import StratifiedEngine, _task, kernels_of
from tms_widgets.core.models import ToyModel, loss_of
from tms_widgets.core.schedule import Schedule
from tms_widgets.core.weights import Weights


def shown(case):
    return "-".join(f"{name} {value}" for name, value in case.items())


def some(n, m, case):
    """A problem of this kind with densities of its own, and random weights."""
    rng = np.random.default_rng()
    size = case.get("set_size", 1)
    density = rng.uniform(0.05, 0.5, n // size).repeat(size).tolist()
    problem = Problem(n, m, importance=0.9, density=density, **case)

    def normal(scale, *shape):
        return rng.normal(scale=scale, size=shape).astype(np.float32)

    b = normal(0.2, 1, n) if problem.bias else np.zeros((1, n), np.float32)
    W_out = normal(0.7, 1, n, m) if problem.architecture == "untied" else None
    b_hidden = normal(0.3, 1, m) if problem.hidden_bias else None
    return problem, Weights(normal(0.7, 1, m, n), b, W_out, b_hidden)


def engine_of(problem, weights):
    return StratifiedEngine([problem], [0], Schedule(1, 1, 0.01), weights)


def flat(weights):
    return np.concatenate([np.asarray(array).ravel() for array in weights if array is not None])


def found(problem, weights, lists, **changes):
    """The engine's loss and gradient with these samples, some numbers of the task changed."""
    return finder(problem, weights, **changes)(lists)


def finder(problem, weights, **changes):
    """`found` as a function of the samples."""
    engine, find = engine_of(problem, weights), load_kernels(kernels_of(problem)).find_gradient
    task = _task(problem)._replace(**changes)
    scratch, gradient = engine._workspace(problem)

    def find_for(lists):
        loss = find(engine.state[0][0], task, lists, scratch, gradient)
        return loss, flat(engine._unpacked(gradient))

    return find_for


def by_autograd(problem, weights, x, mass):
    """The loss and its gradient in float64, inputs weighted by ``mass``, and the largest sum of its terms.

    Inputs pull in different directions, so that a gradient can be far smaller than what is added up in it.
    """
    model = copies_of(problem, weights, len(x))
    importance = torch.tensor(problem.importance_vector).expand(len(x), -1)
    loss = loss_of(model, torch.tensor(x)[:, None], importance)
    loss.sum().backward()
    each = gradient_of(model)
    return mass @ loss.detach().numpy(), mass @ each, (mass @ np.abs(each)).max()


def copies_of(problem, weights, count):
    """The model in float64, ``count`` times: each then has a gradient of its own."""
    parts = (None if a is None else torch.tensor(a, dtype=torch.float64) for a in weights)
    return ToyModel(problem, *(None if part is None else part.repeat_interleave(count, 0) for part in parts))


def gradient_of(model):
    """The gradient of each instance, as rows; parameters that are not learned have none, so 0."""
    parameters = [p for p in (model.W, model.b, model.W_out, model.b_hidden) if p is not None]
    parts = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
    return torch.cat([part.flatten(1) for part in parts], dim=1).numpy()


def as_lists(x):
    """Inputs as the kernels want them."""
    active = x != 0.0
    start = np.concatenate([[0], np.cumsum(active.sum(1))])
    return start, np.nonzero(active)[1], x[active].astype(np.float32)


def alone(problem, weights, j, sign):
    """Inputs with feature j alone, and their masses: three nodes between any two bends of the model."""
    W, b = weights.W[0].astype(np.float64), weights.b[0].astype(np.float64)
    h = sign * W[:, j]
    readout = W if weights.W_out is None else weights.W_out[0].T
    slope = (np.maximum(h, 0.0) if problem.has_neurons else h) @ readout
    root = np.divide(-b, slope, out=np.zeros_like(b), where=slope != 0.0)
    edges = np.unique(np.concatenate([[0.0, 1.0], root[(root > 0.0) & (root < 1.0)]]))
    nodes, masses = np.polynomial.legendre.leggauss(3)
    width = np.diff(edges)[:, None]
    x = np.zeros((width.size * 3, problem.n_features))
    x[:, j] = sign * (edges[:-1, None] + width * (nodes + 1.0) / 2.0).ravel()
    return x, (width * masses / 2.0).ravel()
