"""Inputs as people write them: shapes in several forms, dtypes by their short names, or tensors themselves."""

from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any

from netstat.errors import UsageError
from netstat.frontends.subject import Inputs, Shape, check_positive
from netstat.units import dtype_bytes

InputShape = Shape | Sequence[Shape] | Mapping[str, Shape] | None
DTYPES = {"fp32": "float32", "tf32": "float32", "bf16": "bfloat16", "fp16": "float16", "fp64": "float64"}


def inputs_of(
    input_shape: InputShape = None,
    batch: int = 1,
    dtype: str = "float32",
    args: Sequence[Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    fully_convolutional: bool | Shape = False,
) -> Inputs:
    """Inputs as the functions above take them.

    Raises:
        UsageError: sizes that cannot be, or shapes and tensors at once.
    """
    given = args is not None or kwargs is not None
    if given and (input_shape is not None or batch != 1):
        raise UsageError("give either shapes (and a batch) or the inputs themselves, not both")
    if not isinstance(args, (tuple, list, NoneType)) or not isinstance(kwargs, (Mapping, NoneType)):
        raise UsageError("args is a tuple of inputs and kwargs a dict of them, such as args=(x,), kwargs={'mask': m}")
    shapes = _shapes(input_shape)
    made_for = _made_for(fully_convolutional)
    check_positive([*(shape for shape, _, _ in shapes), *([made_for] if isinstance(made_for, tuple) else [])], batch)
    tensors = tuple(args or ()) if given else None
    return Inputs(shapes, batch, _floating(dtype), tensors, dict(kwargs or {}), made_for)


def _made_for(stated: Any) -> bool | Shape:
    if isinstance(stated, bool):
        return stated
    if isinstance(stated, (tuple, list)) and len(stated) == 3:
        return tuple(stated)
    raise UsageError(
        f"fully_convolutional is True or the size a model is made for, such as (3, 224, 224); got {stated!r}"
    )


def _floating(dtype: str) -> str:
    """Torch's spelling of a floating-point dtype."""
    name = DTYPES.get(dtype, dtype)
    dtype_bytes(name)  # refuses a name that is no dtype
    if "float" not in name:
        raise UsageError(f"dtype '{dtype}' is not a floating-point one; an input can have its own: 2x16:int64")
    return name


def _shapes(input_shape: InputShape) -> tuple[tuple[Shape, str, str], ...]:
    """(shape, dtype, name) per input; an item (shape, dtype, name) goes through as it is."""
    if input_shape is None:
        return ()
    if isinstance(input_shape, Mapping):
        return tuple((tuple(shape), "", name) for name, shape in input_shape.items())
    if isinstance(input_shape, str) or not isinstance(input_shape, Sequence):
        raise UsageError(f"input shape {input_shape!r} is no tuple of sizes; write for example (3, 224, 224)")
    try:
        several = [tuple(shape) for shape in input_shape]  # type: ignore[arg-type]
    except TypeError:
        return ((tuple(input_shape), "", ""),)  # type: ignore[arg-type]
    return tuple(item if len(item) == 3 and isinstance(item[1], str) else (item, "", "") for item in several)
