"""Subjects that are torch modules, callables, or factories that make one."""

import inspect
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import torch
from torch import Tensor

from netstat.errors import ModelError, NetstatError, UsageError, said
from netstat.frontends import timm_models, torchvision_models
from netstat.frontends.guards import quiet, random_state_kept
from netstat.frontends.outline import WeightsOnMeta
from netstat.frontends.shadow import shadow
from netstat.frontends.subject import Inputs, Native, Subject, sized
from netstat.frontends.trying import capture_lightest
from netstat.graph import TensorSpec
from netstat.units import shape as shape_text

BY_POSITION = (
    "cross-check and time are left out: other counters and the clock hand over tensors by position, and this model "
    "takes inputs by name or in lists"
)


def module_subject(
    model: Callable[..., Any],
    name: str,
    inputs: Inputs,
    training: bool = False,
    default: Native | None = None,
    make: Callable[[], Any] | None = None,
) -> Subject:
    """A module or callable at the given inputs.

    Args:
        model: what is captured; may live on the meta device.
        make: makes a real one to run; None where `model` itself is real and the user's.
        name, inputs, training: as for `capture` and `Inputs.specs`.
        default: the inputs the model is made for, None where nobody knows.

    Raises:
        ShapeError, ModelError: as `capture`.
    """
    if inputs.fully_convolutional:
        return _fully_convolutional(model, name, inputs, training, default, make)
    wanted = "" if inputs.dtype == "float32" else inputs.dtype
    inputs = inputs._replace(dtype=wanted or _dtype_of(model))
    args, kwargs = inputs.args, inputs.kwargs
    seen = partial(capture_lightest, model, make=make, name=name, training=training, dtype=wanted)
    arrange = default.arrange if default and default.arrange else None
    if args is None:
        specs = inputs.specs(default.shapes if default else ())
        if len(specs) == 1 and not specs[0][0] and not arrange:
            shape = default.shapes[0] if default else None
            graph = sized(lambda spec: seen((_meta(spec),), {}), specs[0][1], shape)
            return Subject(graph, make or (lambda: model), lambda: model, owned=make is not None)
        args = tuple(_meta(spec) for key, spec in specs if not key)
        args = arrange(args) if arrange else args
        kwargs = {key: _meta(spec) for key, spec in specs if key}
    args, kwargs = _in_order(model, args, kwargs)
    by_position = not kwargs and all(isinstance(arg, torch.Tensor) for arg in args)
    left_out = "" if by_position else BY_POSITION
    return Subject(seen(args, kwargs), make or (lambda: model), lambda: model, make is not None, by_position, left_out)


def _fully_convolutional(
    model: Callable[..., Any],
    name: str,
    inputs: Inputs,
    training: bool,
    default: Native | None,
    make: Callable[[], Any] | None,
) -> Subject:
    """The module in fully convolutional form; what is run has the weights of `model`, or of what `make` makes.

    Raises:
        ModelError: there is no such form.
    """
    from netstat.frontends.convolved import fully_convolutional
    from netstat.frontends.fully_convolutional import NO_FORM

    if not isinstance(model, torch.nn.Module):
        raise ModelError(f"{NO_FORM}: it is a {type(model).__name__}, and no torch.nn.Module")
    native = inputs.made_for(default.shapes[0] if default and len(default.shapes) == 1 else None)
    seen = native or _first_shape(inputs)

    def convolved(module: torch.nn.Module) -> torch.nn.Module:
        return fully_convolutional(module.train(training), seen, native=native is not None)

    def real() -> Any:
        return convolved(make() if make else shadow(model, Tensor.clone))

    outline = convolved(shadow(model, lambda tensor: tensor.detach().to("meta")))
    name = name or type(model).__name__
    return module_subject(outline, name, inputs._replace(fully_convolutional=False), training, default, real)


def _first_shape(inputs: Inputs) -> tuple[int, ...]:
    """The shape of the first input as it is given, without the batch."""
    if inputs.args is None:
        return inputs.specs()[0][1].shape[1:]
    tensors = [tensor for tensor in (*inputs.args, *inputs.kwargs.values()) if isinstance(tensor, torch.Tensor)]
    return tuple(tensors[0].shape[1:]) if tensors else ()


def _dtype_of(model: Callable[..., Any]) -> str:
    """The dtype of a module's first floating-point parameter; float32 where there is none."""
    parameters = model.parameters() if isinstance(model, torch.nn.Module) else iter(())
    floats = (parameter.dtype for parameter in parameters if parameter.dtype.is_floating_point)
    return str(next(floats, torch.float32)).removeprefix("torch.")


def _in_order(
    model: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """The same call, with as many inputs by position as the signature allows."""
    forward = model.forward if isinstance(model, torch.nn.Module) else model
    try:
        bound = inspect.signature(forward).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return args, kwargs  # the call itself will say what is wrong with it
    return bound.args, bound.kwargs


def _meta(spec: TensorSpec) -> torch.Tensor:
    dtype = getattr(torch, spec.dtype, None)
    if not isinstance(dtype, torch.dtype):
        raise UsageError(f"unknown dtype '{spec.dtype}'; write for example float32 or int64")
    try:
        return torch.empty(spec.shape, dtype=dtype, device="meta")
    except (RuntimeError, OverflowError, TypeError) as error:
        raise ModelError(
            f"torch cannot describe an input of {shape_text(spec.shape)}, give smaller sizes ({said(error)})"
        ) from error


def factory_subject(
    factory: Callable[..., Any],
    name: str,
    options: Mapping[str, Any],
    inputs: Inputs,
    training: bool = False,
    default: Native | None = None,
) -> Subject:
    """What a user's factory returns: a module, a callable, or (model, args) or (model, args, kwargs).

    A module class or factory is called on the meta device first, so that no weights are allocated; one that cannot run
    there is called for real. A module that is there already is taken as it is.

    Raises:
        UsageError: the factory does not take these options.
        ModelError: the factory raised, or what it made is no model.
    """
    if isinstance(factory, torch.nn.Module) and not options:
        return module_subject(factory, name, inputs, training, default)
    outline, args, kwargs = _made(factory, name, options, meta=True)
    if args is not None and not inputs.shapes:
        inputs = inputs._replace(args=args, kwargs=kwargs)
    if (
        inputs.fully_convolutional is True and args
    ):  # what a factory returns beside its model says what that is made for
        inputs = inputs._replace(fully_convolutional=tuple(getattr(args[0], "shape", ())[1:]) or True)
    made_for = timm_models.native(outline) or default
    try:
        return module_subject(
            outline, name, inputs, training, made_for, make=lambda: _made(factory, name, options, meta=False)[0]
        )
    except ModelError as error:
        if not (made_for and inputs.shapes and timm_models.takes_one_size(outline)):
            raise
        size = shape_text(made_for.shapes[0])
        takes = f"it takes {size} alone, and {name}(img_size=…) may be made for another size"
        raise ModelError(f"{error}; {takes}") from error


def _made(
    factory: Callable[..., Any], name: str, options: Mapping[str, Any], *, meta: bool
) -> tuple[Any, tuple[Any, ...] | None, Mapping[str, Any]]:
    _check_options(factory, name, options)
    try:
        with random_state_kept(), quiet():
            torch.manual_seed(0)  # where values decide what runs, the same ones every time
            made = _on_meta(factory, options) if meta else factory(**options)
    except NetstatError:
        raise
    except (Exception, SystemExit) as error:
        raise ModelError(f"'{name}' could not be built: {said(error)}") from error
    return _parts(made, name)


def _parts(made: Any, name: str) -> tuple[Any, tuple[Any, ...] | None, Mapping[str, Any]]:
    """Model, positional inputs (None for none said) and named inputs of what a factory returned."""
    several = made if isinstance(made, tuple) and 0 < len(made) <= 3 else (made,)
    model, args, kwargs = (*several, None, None)[:3]
    if not callable(model) or not isinstance(kwargs or {}, Mapping):
        kinds = ", ".join(type(part).__name__ for part in several)
        raise ModelError(f"'{name}' returned {kinds}; it must return a model, (model, args) or (model, args, kwargs)")
    if args is None:
        return model, () if kwargs else None, kwargs or {}
    return model, tuple(args) if isinstance(args, (tuple, list)) else (args,), kwargs or {}


def _on_meta(factory: Callable[..., Any], options: Mapping[str, Any]) -> Any:
    """The model without weights; where building it looks at values of its own, at least its weights without."""
    for outline in (torch.device("meta"), WeightsOnMeta()):
        with suppress(RuntimeError, NotImplementedError), outline:
            return factory(**options)
    return factory(**options)


def _check_options(factory: Callable[..., Any], name: str, options: Mapping[str, Any]) -> None:
    try:
        inspect.signature(factory).bind(**options)
    except TypeError as error:
        raise UsageError(f"'{name}': {error}; options are written as in {name}(key=value)") from None
    except ValueError:
        return  # a factory written in C has no signature to check


def named(library: str, name: str) -> Callable[..., Any]:
    """torchvision's or timm's constructor of the model `name`, never with weights.

    Raises:
        UsageError: no such model.
        ModelError: timm is not installed.
    """
    return torchvision_models.constructor(name) if library == "torchvision" else timm_models.constructor(name)
