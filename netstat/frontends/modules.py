"""Subjects that are torch modules, callables, or factories that make one."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch

from netstat.errors import ModelError, UsageError
from netstat.frontends.pytorch import capture
from netstat.frontends.subject import Inputs, Shape, Subject, sized
from netstat.graph import Graph, TensorSpec


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
    if inputs.args is not None:
        graph = capture(model, inputs.args, inputs.kwargs, name=name, training=training, dtype=inputs.dtype)
    else:
        graph = _at_shapes(model, name, inputs.specs(default), training, inputs.dtype, default)
    return Subject(graph, make or (lambda: model), lambda: model, owned=make is not None)


def _at_shapes(
    model: Callable[..., Any],
    name: str,
    specs: list[tuple[str, TensorSpec]],
    training: bool,
    dtype: str,
    default: Shape | None,
) -> Graph:
    if len(specs) == 1 and not specs[0][0]:
        run = lambda spec: capture(model, (_meta(spec),), name=name, training=training, dtype=dtype)  # noqa: E731
        return sized(run, specs[0][1], default)
    args = tuple(_meta(spec) for key, spec in specs if not key)
    kwargs = {key: _meta(spec) for key, spec in specs if key}
    return capture(model, args, kwargs, name=name, training=training, dtype=dtype)


def _meta(spec: TensorSpec) -> torch.Tensor:
    dtype = getattr(torch, spec.dtype, None)
    if not isinstance(dtype, torch.dtype):
        raise UsageError(f"unknown dtype '{spec.dtype}'; write for example float32 or int64")
    try:
        return torch.empty(spec.shape, dtype=dtype, device="meta")
    except (RuntimeError, OverflowError) as error:
        raise ModelError(
            f"torch cannot describe an input of shape {spec.shape}: {str(error).splitlines()[0]}"
        ) from error


def factory_subject(
    factory: Callable[..., Any], name: str, options: Mapping[str, Any], inputs: Inputs, training: bool = False
) -> Subject:
    """What a user's factory returns: a module, a callable, or (model, args) or (model, args, kwargs).

    A module class or factory is called on the meta device first, so that no weights are allocated; one that cannot run
    there is called for real.

    Raises:
        UsageError: the factory does not take these options.
        ModelError: the factory raised, or what it made is no model.
    """
    on_meta, args, kwargs = _made(factory, name, options, meta=True)
    if args is not None and inputs.shapes == ():
        inputs = inputs._replace(args=args, kwargs=kwargs)
    default = _own_input(on_meta)
    return module_subject(
        on_meta, name, inputs, training, default, make=lambda: _made(factory, name, options, meta=False)[0]
    )


def _made(
    factory: Callable[..., Any], name: str, options: Mapping[str, Any], *, meta: bool
) -> tuple[Any, tuple[Any, ...] | None, Mapping[str, Any]]:
    _check_options(factory, name, options)
    try:
        made = _on_meta(factory, options) if meta else factory(**options)
    except Exception as error:
        message = (str(error).strip() or "no message").splitlines()[0]
        raise ModelError(f"'{name}' could not be built: {type(error).__name__}: {message}") from error
    model, args, kwargs = (*made, None, {})[:3] if isinstance(made, tuple) and made else (made, None, {})
    if not callable(model):
        raise ModelError(f"'{name}' makes a {type(model).__name__}, which is no model")
    return model, tuple(args) if isinstance(args, (tuple, list)) else args and (args,), kwargs or {}


def _on_meta(factory: Callable[..., Any], options: Mapping[str, Any]) -> Any:
    state = torch.get_rng_state()
    try:
        with torch.device("meta"):
            return factory(**options)
    except (RuntimeError, NotImplementedError):
        return factory(**options)  # it reads values while it builds; weights are allocated for once
    finally:
        torch.set_rng_state(state)


def _check_options(factory: Callable[..., Any], name: str, options: Mapping[str, Any]) -> None:
    try:
        inspect.signature(factory).bind(**options)
    except TypeError as error:
        raise UsageError(f"'{name}' does not take these options: {error}") from None
    except ValueError:
        return  # a factory written in C has no signature to check


def _own_input(model: Any) -> Shape | None:
    """The input a model says it is made for: timm's default_cfg."""
    config = getattr(model, "default_cfg", None) or {}
    size = config.get("input_size") if isinstance(config, dict) else None
    return tuple(size) if size else None


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


def _from_torchvision(name: str) -> Callable[..., Any]:
    from torchvision.models import get_model_builder

    try:
        build = get_model_builder(name)
    except ValueError:
        raise UsageError(_unknown(name, torchvision_names(), "torchvision")) from None

    def make(**options: Any) -> Any:
        backbone = {"weights_backbone": None} if "weights_backbone" in inspect.signature(build).parameters else {}
        return build(weights=None, **{**backbone, **options})

    return make


def _from_timm(name: str) -> Callable[..., Any]:
    try:
        import timm
    except ImportError as error:
        raise ModelError("timm is not installed; pip install timm") from error
    if not timm.is_model(name):
        raise UsageError(_unknown(name, timm.list_models(), "timm"))
    return lambda **options: timm.create_model(name, pretrained=False, **options)


def _unknown(name: str, known: list[str], library: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=3, cutoff=0.5)
    return f"{library} has no model '{name}'" + (f"; did you mean {' or '.join(near)}?" if near else "")
