"""What a peer could leave traces in, and peers that count whatever a test has them count."""

import logging
import os
import random
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from netstat.conventions import MACS, Convention
from netstat.peers import Figures, Peer

COUNTS_NOTHING = Convention("fake", "macs", "for tests", (MACS,))


def peer(count: Callable[..., Figures], *, package: str = "torch", needs_values: bool = True, **more: Any) -> Peer:
    """A peer whose package is there, that counts by `count`."""
    return Peer("fake", package, COUNTS_NOTHING, needs_values, count, **more)


def network() -> nn.Module:
    """In training mode, with buffers to update, a hook, a gradient and a random operator."""
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(), nn.ReLU(inplace=True), nn.Flatten())
    model.register_forward_hook(lambda module, inputs, output: None)
    model(torch.randn(2, 3, 8, 8)).sum().backward()
    return model


def state(model: nn.Module) -> dict[str, Any]:
    """Everything of a module a peer could change."""
    return {
        "state_dict": {name: tensor.clone() for name, tensor in model.state_dict().items()},
        "grads": {name: parameter.grad.clone() for name, parameter in model.named_parameters()},
        "members": {
            path: {name: len(value) if isinstance(value, dict) else id(value) for name, value in vars(child).items()}
            for path, child in model.named_modules()
        },
        "modes": [child.training for child in model.modules()],
    }


def same(a: Any, b: Any) -> bool:
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return torch.equal(a, b) if isinstance(a, Tensor) else a == b


def process() -> dict[str, Any]:
    return {
        "torch rng": torch.get_rng_state(),
        "rng": random.getstate(),
        "numpy rng": sys.modules["numpy"].random.get_state()[1].tolist() if "numpy" in sys.modules else None,
        "filters": list(warnings.filters),
        "handlers": list(logging.root.handlers),
        "logging": logging.root.manager.disable,
        "streams": (sys.stdout, sys.stderr),
        "dtype": torch.get_default_dtype(),
        "threads": torch.get_num_threads(),
        "environment": dict(os.environ),
        "folder": Path.cwd(),
        "path": list(sys.path),
        "grad": torch.is_grad_enabled(),
        "fused layers": torch.backends.mha.get_fastpath_enabled(),
        "hooks": (
            len(torch.nn.modules.module._global_forward_hooks),
            len(torch.nn.modules.module._global_forward_pre_hooks),
        ),
        "functions": functions(),
    }


def functions() -> dict[str, int]:
    """Every function and class that torch has for models, and every member of its module classes."""
    holders = {"torch": torch, "F": nn.functional, "nn": nn, "Tensor": torch.Tensor}
    holders |= {name: kind for name, kind in vars(nn).items() if isinstance(kind, type)}
    return {f"{place}.{name}": id(value) for place, holder in holders.items() for name, value in vars(holder).items()}
