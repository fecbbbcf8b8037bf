"""What comes out of an operator on tensors that hold nothing, made by our own rules where torch is slow.

Torch works many results out in Python on the meta device, which takes longer than everything else together. The shapes,
dtypes and strides made here are compared with torch's in the tests, refusals included.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor

from netstat.frontends.stages import Stage
from netstat.ops.base import Operator, Specs

# The result is packed, whatever the strides of the operands are.
PACKED = frozenset(
    {"batch_norm", "linear", "conv1d", "conv2d", "conv3d", "max_pool1d", "max_pool2d", "max_pool3d"}
    | {"lstm", "gru", "rnn_tanh", "rnn_relu", "scaled_dot_product_attention"}
    | {"conv_transpose1d", "conv_transpose2d", "conv_transpose3d"}
    | {"layer_norm", "group_norm", "instance_norm", "rms_norm"}
    | {"mean", "vector_norm", "masked_fill"}
)
# Value by value: the result is packed, its dimensions in the order that the operands have them in memory.
VALUE_BY_VALUE = frozenset(
    {"add", "sub", "mul", "div", "pow", "maximum", "minimum", "clamp", "clamp_min", "clamp_max", "where"}
    | {"eq", "ne", "lt", "le", "gt", "ge", "neg", "abs", "square", "sqrt", "rsqrt", "exp", "log", "sin", "cos", "erf"}
    | {"relu", "hardtanh", "relu6", "hardswish", "hardsigmoid", "gelu", "silu", "sigmoid", "tanh"}
    | {"leaky_relu", "elu", "mish", "softplus"}
)
RULES = PACKED | VALUE_BY_VALUE
FLOATS = frozenset({torch.float64, torch.float32, torch.float16, torch.bfloat16})
MASKS = frozenset({"mask", "condition"})
_TENSORS_OWN: Any = Tensor.__dict__["__torch_function__"].__func__


def made(
    stage: Stage,
    operator: type[Operator],
    attributes: Mapping[str, Any],
    bound: Mapping[str, Any],
    shaped: Callable[[], Specs],
) -> Any:
    """The result of an operator, None where torch is to be asked.

    Args:
        stage: what makes tensors that hold nothing.
        operator: which operator; attributes: its arguments that are no tensors.
        bound: all its arguments by name.
        shaped: what its own rule says of the result.

    Raises:
        ShapeError: the rule refuses the operands.
    """
    if operator.name not in RULES or not _is_usual(stage, attributes, bound):
        return None
    if attributes.get("inplace"):
        return bound["input"] if operator.family == "activation" else None
    operands = list(_tensors(bound.values()))
    orders = ((spec, _order(spec.shape, operands) if operator.name in VALUE_BY_VALUE else None) for spec in shaped())
    results = tuple(stage.empty(spec.shape, getattr(torch, spec.dtype), order) for spec, order in orders)
    return results[0] if len(results) == 1 else results


def _order(shape: tuple[int, ...], operands: Sequence[Tensor]) -> tuple[int, ...] | None:
    """None where it is that of the dimensions."""
    alike = all(operand.shape == shape and operand.is_contiguous() for operand in operands)
    return None if alike else memory_order(shape, operands)


def memory_order(shape: Sequence[int], operands: Sequence[Tensor]) -> tuple[int, ...]:
    """The dimensions of a result made value by value, from the one with the largest stride to that with the smallest.

    Of two dimensions the first operand decides that is repeated along neither: a larger stride stays larger. Source:
    TensorIteratorBase::reorder_dimensions of torch, whose sort this is, for the comparison is no total order.
    """
    strides = [_strides(operand, shape) for operand in operands]
    order = list(reversed(range(len(shape))))
    for last in range(1, len(order)):
        at = last
        for before in reversed(range(last)):
            comes_after = _compared(order[before], order[at], shape, strides)
            if comes_after < 0:
                break
            if comes_after > 0:
                order[before], order[at] = order[at], order[before]
                at = before
    return tuple(reversed(order))


def _compared(a: int, b: int, shape: Sequence[int], strides: Iterable[Sequence[int]]) -> int:
    """Negative where dimension `a` is further in than `b`, positive where it is further out, zero where nobody says."""
    for of in strides:
        if of[a] and of[b]:
            if of[a] != of[b]:
                return of[a] - of[b]
            if shape[a] > shape[b]:
                return 1
    return 0


def _strides(operand: Tensor, shape: Sequence[int]) -> list[int]:
    """The strides of an operand as a part of the result, zero where it is repeated."""
    missing = len(shape) - operand.dim()
    own = zip(operand.shape, operand.stride(), shape[missing:], strict=True)
    return [0] * missing + [0 if size == 1 != full else stride for size, stride, full in own]


def _is_usual(stage: Stage, attributes: Mapping[str, Any], bound: Mapping[str, Any]) -> bool:
    """Whether the operands are plain tensors without values, of one floating-point dtype but for masks."""
    if isinstance(attributes.get("padding"), str) or attributes.get("return_indices"):
        return False
    dtypes, large = set(), False
    for name, value in bound.items():
        for tensor in _tensors((value,)):
            if (
                not stage.owns(tensor)
                or not _is_plain(type(tensor))
                or (name in MASKS and tensor.dtype is not torch.bool)
            ):
                return False
            if name not in MASKS and name != "batch_sizes":
                dtypes.add(tensor.dtype)
                large |= tensor.numel() > 1
    return large and len(dtypes) == 1 and dtypes <= FLOATS


def _tensors(values: Iterable[Any]) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _tensors(value)


@cache
def _is_plain(kind: type[Tensor]) -> bool:
    """Whether a class of tensors has no say of its own in what is done to them."""
    own: Any = kind.__torch_function__
    return getattr(own, "__func__", own) in (_TENSORS_OWN, torch._C._disabled_torch_function_impl)
