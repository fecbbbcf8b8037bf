"""A subject of which only some parameters are trained. What the user handed over stays as it was: copies are frozen."""

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from netstat.errors import ModelError
from netstat.frontends.selection import Selection, chosen
from netstat.frontends.subject import Subject

if TYPE_CHECKING:
    from torch import Tensor


def selected(subject: Subject, selection: Selection) -> Subject:
    """The subject with its graph and its modules trainable as selected; itself where nothing is.

    Raises:
        UsageError: a pattern matches nothing.
    """
    if not any(selection):
        return subject
    graph = chosen(subject.graph, selection)
    trainable = {param.name: param.trainable for param in graph.params if not param.buffer}

    def module() -> Any:
        made = subject.module()
        return _marked(made if subject.owned else _copied(made), trainable)

    def outline() -> Any:
        return _marked(_shadow(subject.outline()), trainable)

    return subject._replace(graph=graph, module=module, outline=outline, owned=True, selection=selection)


def _copied(module: Any) -> Any:
    """A copy with values of its own."""
    import torch

    try:
        with torch.inference_mode(False):  # parameters made in inference mode could never be trained
            return copy.deepcopy(module)
    except Exception as error:
        raise ModelError(f"the model cannot be copied, and itself must stay untouched: {error}") from error


def _shadow(module: Any) -> Any:
    """A copy with parameters of its own, over the same values."""
    from torch import nn

    from netstat.frontends.shadow import shadow

    def same(tensor: "Tensor") -> "Tensor":
        return tensor.detach()

    return shadow(module, same) if isinstance(module, nn.Module) else module


def _marked(module: Any, trainable: Mapping[str, bool]) -> Any:
    """The module itself, its parameters as `trainable` has them by name; what is none, as it is."""
    from torch import nn

    if isinstance(module, nn.Module):
        plain: Any = getattr(module, "_orig_mod", module)  # what torch.compile wraps: names are those of the inside
        for name, parameter in plain.named_parameters(remove_duplicate=False):
            parameter.requires_grad_(trainable.get(name, parameter.requires_grad))
    return module
