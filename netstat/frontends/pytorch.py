"""Graph of a torch module or callable: one call on the meta device, recorded at function level."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from netstat.errors import ModelError, NetstatError, ShapeError, said
from netstat.frontends.guards import quiet, random_state_kept
from netstat.frontends.recorder import Recorder, spec_of, tensors_in
from netstat.frontends.shadow import shadow
from netstat.graph import Graph, Param


def capture(
    model: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None = None,
    *,
    name: str = "",
    training: bool = False,
    dtype: str = "",
) -> Graph:
    """The operator calls of `model(*args, **kwargs)`.

    A module is copied to the meta device first, and so is the one behind a bound method or a partial. Any other
    callable is called itself; the tensors and modules it closes over are met on the way, on meta tensors too.

    Args:
        model: a module, a bound method of one, or any callable.
        args: positional inputs; tensors on any device, only their shape and dtype matter.
        kwargs: named inputs.
        name: the model's name; its class by default.
        training: whether to count the training-mode forward pass; modules a callable closes over keep their mode.
        dtype: floating-point parameters are counted in this dtype; "" for the one they have.

    Raises:
        ShapeError: a layer cannot take what reaches it; says which.
        ModelError: forward raised, or the model cannot be copied.
    """
    module, function = _copied(model, training)
    if module is not None and dtype:
        module.to(getattr(torch, dtype))
    recorder = Recorder(module)
    inputs = recorder.declare_inputs(function, args, kwargs or {})
    with random_state_kept(), quiet(), torch.no_grad(), recorder.watching():
        result = _run(recorder, function, *inputs)
    return Graph(
        model=name or _name(model),
        inputs=tuple(recorder.inputs.items()),
        nodes=tuple(recorder.nodes),
        params=tuple(_params(recorder.tensors)),
        outputs=tuple(map(recorder.source, tensors_in(result))),
        training=training or recorder.training,
        modules=tuple((path, type(child).__name__) for path, child in module.named_modules()) if module else (),
    )


def _copied(model: Callable[..., Any], training: bool) -> tuple[nn.Module | None, Callable[..., Any]]:
    """The meta copy of the module in `model`, and what to call."""
    if isinstance(model, nn.Module):
        copied = shadow(model).train(training)
        return copied, copied
    if isinstance(model, partial):
        module, function = _copied(model.func, training)
        return module, partial(function, *model.args, **model.keywords)
    owner = getattr(model, "__self__", None)
    if isinstance(owner, nn.Module):
        copied = shadow(owner).train(training)
        return copied, getattr(copied, model.__name__)
    return None, model


def _run(recorder: Recorder, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Call it; whatever it raises becomes one line that names the layer."""
    try:
        with recorder:
            return function(*args, **kwargs)
    except ShapeError as error:
        raise error.at(recorder.place_of(error)) from None
    except NetstatError:
        raise
    except Exception as error:
        path = recorder.place_of(error)
        place = f"layer '{path}'" if path else "the model's forward"
        raise ModelError(f"{place} raised {said(error)}") from error


def _name(model: Any) -> str:
    return (
        type(model).__name__ if isinstance(model, nn.Module) else getattr(model, "__qualname__", type(model).__name__)
    )


def _params(tensors: Iterable[tuple[str, Tensor, bool]]) -> Iterator[Param]:
    """As the graph has them; the second name of a tensor says what it is shared with."""
    first: dict[int, str] = {}
    for path, tensor, buffer in tensors:
        shared = first.setdefault(id(tensor), path)
        trainable = tensor.requires_grad and not buffer
        yield Param(path, spec_of(tensor), trainable, buffer, shared_with=None if shared == path else shared)
