"""A subject of which only some parameters are trained. What the user handed over stays as it was: copies are frozen."""

import copy
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

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
        return _marked(made if subject.owned else _copied(made, _values), trainable)

    def outline() -> Any:
        return _marked(_copied(subject.outline(), _same), trainable)

    return subject._replace(graph=graph, module=module, outline=outline, owned=True, selection=selection)


def _copied(module: Any, like: "Callable[[Tensor], Tensor]") -> Any:
    """A copy of a module with parameters of its own; what is none, as it is."""
    import torch

    from netstat.frontends.shadow import shadow

    if not isinstance(module, torch.nn.Module):
        return module
    with torch.inference_mode(False):  # parameters made in inference mode could never be trained
        compiled = hasattr(module, "_orig_mod")  # and is to stay so
        return copy.deepcopy(module) if compiled else shadow(module, like)


def _values(tensor: "Tensor") -> "Tensor":
    return tensor.detach().clone()


def _same(tensor: "Tensor") -> "Tensor":
    """Over the same values: for who looks at the structure alone, or copies."""
    return tensor.detach()


def _marked(module: Any, trainable: Mapping[str, bool]) -> Any:
    """The module itself, its parameters as `trainable` has them by name; what is none, as it is."""
    from torch import nn

    if isinstance(module, nn.Module):
        plain: Any = getattr(module, "_orig_mod", module)  # what torch.compile wraps: names are those of the inside
        for name, parameter in plain.named_parameters(remove_duplicate=False):
            parameter.requires_grad = trainable.get(
                name, parameter.requires_grad
            )  # one without a shape yet has no method
    return module
