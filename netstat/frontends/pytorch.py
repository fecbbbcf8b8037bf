"""Graph of a torch module or callable: one call on tensors without data where that will do, written down."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from netstat.errors import ModelError, NetstatError, ShapeError, said
from netstat.frontends.guards import quiet, random_state_kept, uncollected
from netstat.frontends.naming import input_names
from netstat.frontends.nesting import each_tensor
from netstat.frontends.recorder import Recorder
from netstat.frontends.shadow import Like, shadow
from netstat.frontends.specs import spec_of, tensors_in
from netstat.frontends.stages import Meta, Stage
from netstat.graph import Graph, Param


def capture(
    model: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None = None,
    *,
    name: str = "",
    training: bool = False,
    dtype: str = "",
    stage: Stage | None = None,
) -> Graph:
    """The operator calls of `model(*args, **kwargs)`.

    A module is copied onto the stage's tensors first, and so is the one behind a bound method or a partial. Any other
    callable is called itself; the tensors and modules it closes over are met on the way, on such tensors too.

    Args:
        model: a module, a bound method of one, or any callable.
        args: positional inputs; tensors on any device, of which only a stage that computes looks at the values.
        kwargs: named inputs.
        name: the model's name; its class by default.
        training: whether to count the training-mode forward pass; modules a callable closes over keep their mode.
        dtype: floating-point parameters are counted in this dtype; "" for the one they have.
        stage: what it runs on; the meta device by default.

    Raises:
        ShapeError: a layer cannot take what reaches it; says which.
        ModelError: forward raised, or the model cannot be copied.
    """
    stage = stage or Meta()
    with nullcontext() if stage.computes else uncollected():  # garbage may be large where there are values
        return _captured(model, args, kwargs or {}, name, training, dtype, stage)


def _captured(
    model: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    name: str,
    training: bool,
    dtype: str,
    stage: Stage,
) -> Graph:
    module, function = _copied(model, training, partial(_like, stage, dtype))
    with random_state_kept(), quiet(), torch.no_grad(), _uncompiled():
        if module is not None and _is_lazy(module):
            _materialise(function, args, kwargs, stage)
        recorder = Recorder(module, stage)
        inputs = recorder.declare_inputs(input_names(function, args, kwargs), args, kwargs)
        result = _run(recorder, function, *inputs)
    return Graph(
        model=name or _name(model),
        inputs=tuple(recorder.inputs.items()),
        nodes=tuple(recorder.nodes),
        params=tuple(_params(recorder.tensors)),
        outputs=tuple(map(recorder.source, tensors_in(result))),
        training=training or recorder.owners.training,
        device=stage.device,
        modules=recorder.owners.modules,
        aliases=tuple(_aliases(module)),
        calls=tuple(recorder.owners.calls),
    )


def _aliases(module: nn.Module | None) -> Iterator[tuple[str, str]]:
    """Every further path to a module, and its first."""
    first: dict[int, str] = {}
    for path, child in module.named_modules(remove_duplicate=False) if module is not None else ():
        if (known := first.setdefault(id(child), path)) != path:
            yield path, known


def _like(stage: Stage, dtype: str, tensor: Tensor) -> Tensor:
    """A tensor of the stage; a floating-point one in the dtype that was asked for."""
    made = stage.like(tensor)
    return made.to(getattr(torch, dtype)) if dtype and made.is_floating_point() else made


def _copied(model: Callable[..., Any], training: bool, like: Like) -> tuple[nn.Module | None, Callable[..., Any]]:
    """The copy of the module in `model`, its tensors replaced by what `like` makes of them, and what to call."""
    if isinstance(model, nn.Module):
        copied = shadow(model, like).train(training)
        return copied, copied
    if isinstance(model, partial):
        module, function = _copied(model.func, training, like)
        return module, partial(function, *model.args, **model.keywords)
    owner = getattr(model, "__self__", None)
    if isinstance(owner, nn.Module):
        copied = shadow(owner, like).train(training)
        return copied, getattr(copied, model.__name__)
    return None, model


@contextmanager
def _uncompiled() -> Iterator[None]:
    """What was compiled runs as it was written: compiling it would count nothing and take minutes."""
    if "torch._dynamo" not in sys.modules:  # nothing was, and to ask would import the compiler
        yield
        return
    with torch.compiler.set_stance("force_eager"):
        yield


def _is_lazy(module: nn.Module) -> bool:
    return any(nn.parameter.is_lazy(tensor) for tensor in (*module.parameters(), *module.buffers()))


def _materialise(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], stage: Stage) -> None:
    """Run the copy once unseen, so that lazy modules find out their shapes.

    Raises:
        ModelError: forward raised.
    """
    staged = each_tensor(lambda tensor: stage.like(tensor.detach()), (tuple(args), dict(kwargs)))
    try:
        with stage.active():
            function(*staged[0], **staged[1])
    except Exception as error:
        raise ModelError(f"the model's forward raised {said(error)}") from error


def _run(recorder: Recorder, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Call it; whatever it raises becomes one line that names the layer."""
    try:
        with recorder.recording():
            return function(*args, **kwargs)
    except ShapeError as error:
        raise error.at(recorder.owners.place_of(error)) from None
    except NetstatError:
        raise
    except Exception as error:
        path = recorder.owners.place_of(error)
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
