"""Subjects that are torch modules, callables, or factories that make one."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch

from netstat.errors import ModelError, NetstatError, UsageError, said
from netstat.frontends.guards import quiet, random_state_kept
from netstat.frontends.pytorch import capture
from netstat.frontends.subject import IMAGE, Inputs, Shape, Subject, sized
from netstat.graph import TensorSpec
from netstat.registry import unknown
from netstat.units import shape as shape_text

NO_WEIGHTS = "netstat fetches no weights: they change no figure of a profile"


def module_subject(
    model: Callable[..., Any],
    name: str,
    inputs: Inputs,
    training: bool = False,
    default: Shape | None = None,
    make: Callable[[], Any] | None = None,
) -> Subject:
    """A module or callable at the given inputs.

    Args:
        model: what is captured; may live on the meta device.
        make: makes a real one to run; None where `model` itself is real and the user's.
        name, inputs, training, default: as for `capture` and `Inputs.specs`.

    Raises:
        ShapeError, ModelError: as `capture`.
    """
    wanted = "" if inputs.dtype == "float32" else inputs.dtype
    inputs = inputs._replace(dtype=wanted or _dtype_of(model))
    args, kwargs = inputs.args, inputs.kwargs
    seen = partial(capture, model, name=name, training=training, dtype=wanted)
    if args is None:
        specs = inputs.specs(default)
        if len(specs) == 1 and not specs[0][0]:
            graph = sized(lambda spec: seen((_meta(spec),)), specs[0][1], default)
            return Subject(graph, make or (lambda: model), lambda: model, owned=make is not None)
        args = tuple(_meta(spec) for key, spec in specs if not key)
        kwargs = {key: _meta(spec) for key, spec in specs if key}
    args, kwargs = _in_order(model, args, kwargs)
    by_position = not kwargs and all(isinstance(arg, torch.Tensor) for arg in args)
    return Subject(seen(args, kwargs), make or (lambda: model), lambda: model, make is not None, by_position)


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
    default: Shape | None = None,
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
    made_for = _own_input(outline) or default
    try:
        return module_subject(
            outline, name, inputs, training, made_for, make=lambda: _made(factory, name, options, meta=False)[0]
        )
    except ModelError as error:
        if not (inputs.shapes and _config(outline).get("fixed_input_size")):
            raise
        takes = f"it takes {shape_text(made_for or ())} alone, and {name}(img_size=…) may be made for another size"
        raise ModelError(f"{error}; {takes}") from error


def _made(
    factory: Callable[..., Any], name: str, options: Mapping[str, Any], *, meta: bool
) -> tuple[Any, tuple[Any, ...] | None, Mapping[str, Any]]:
    _check_options(factory, name, options)
    try:
        with random_state_kept(), quiet():
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
    try:
        with torch.device("meta"):
            return factory(**options)
    except (RuntimeError, NotImplementedError):
        return factory(**options)  # it reads values while it builds; weights are allocated for once


def _check_options(factory: Callable[..., Any], name: str, options: Mapping[str, Any]) -> None:
    try:
        inspect.signature(factory).bind(**options)
    except TypeError as error:
        raise UsageError(f"'{name}': {error}; options are written as in {name}(key=value)") from None
    except ValueError:
        return  # a factory written in C has no signature to check


def _own_input(model: Any) -> Shape | None:
    """The input a model says it is made for: timm's default_cfg."""
    size = _config(model).get("input_size")
    return tuple(size) if size else None


def _config(model: Any) -> Mapping[str, Any]:
    config = getattr(model, "default_cfg", None)
    return config if isinstance(config, Mapping) else {}


def named(library: str, name: str) -> Callable[..., Any]:
    """torchvision's or timm's constructor of the model `name`, never with weights.

    Raises:
        UsageError: no such model.
        ModelError: timm is not installed.
    """
    return _from_torchvision(name) if library == "torchvision" else _from_timm(name)


def torchvision_names() -> list[str]:
    """Every model torchvision ships."""
    from torchvision.models import list_models

    return [str(name) for name in list_models()]


def torchvision_input(name: str) -> Shape | None:
    """What a model of torchvision's takes, unless it is not made for single images."""
    from torchvision.models import get_model_builder

    kind = get_model_builder(name).__module__.split(".")[2]
    return None if kind in ("video", "optical_flow") else IMAGE


def _from_torchvision(name: str) -> Callable[..., Any]:
    from torchvision.models import get_model_builder

    try:
        build = get_model_builder(name)
    except ValueError:
        hint = "torchvision.models.list_models() names them all"
        raise UsageError(unknown("torchvision model", name, torchvision_names(), hint)) from None

    without = [key for key in inspect.signature(build).parameters if key.startswith("weights")]

    def make(**options: Any) -> Any:
        if options.keys() & without:
            raise UsageError(NO_WEIGHTS)
        return build(**dict.fromkeys(without), **options)

    return make


def _from_timm(name: str) -> Callable[..., Any]:
    try:
        import timm
    except ImportError as error:
        raise ModelError('timm is not installed: pip install "netstat[timm]"') from error
    if not timm.is_model(name):
        raise UsageError(unknown("timm model", name, timm.list_models(), "timm.list_models() names them all"))

    def make(**options: Any) -> Any:
        if any(key.startswith(("pretrained", "checkpoint", "cache")) for key in options):
            raise UsageError(NO_WEIGHTS)
        return _resized(timm.create_model(name, pretrained=False, **options), options)

    return make


def _resized(model: Any, options: Mapping[str, Any]) -> Any:
    """The model, made for the image its options ask for: timm goes on naming the one it was trained on."""
    if size := _own_input(model):
        side = options.get("img_size", size[1:])
        sides = (side, side) if isinstance(side, int) else tuple(side)
        model.default_cfg = {**_config(model), "input_size": (options.get("in_chans", size[0]), *sides)}
    return model
