"""Which operator it is that the dispatcher executes, where no function was seen that calls it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from torch._ops import OpOverload, OpOverloadPacket

from netstat.frontends.vocabulary import Word, changes, implied, resolve, vocabulary
from netstat.ops import OPERATORS

Dispatched = OpOverload[..., Any] | OpOverloadPacket[..., Any]
Call = tuple[str, tuple[Any, ...]]  # operator, positional arguments as its signature has them
HOMES = ("torch", "torch.Tensor", "torch._C._nn", "torch.nn.functional", "torch.special")
# What the dispatcher calls by another name than the functions above it, with the same arguments.
RENAMED = {
    "_adaptive_avg_pool2d": "adaptive_avg_pool2d",
    "_adaptive_avg_pool3d": "adaptive_avg_pool3d",
    "_to_copy": "to",
    "_unsafe_view": "reshape",
    "native_dropout": "dropout",
    "native_layer_norm": "layer_norm",
}


def word_of(func: Dispatched, args: tuple[Any, ...]) -> tuple[Word | None, tuple[Any, ...]]:
    """The operator of what the dispatcher executes, None where it is none of ours, and its positional arguments."""
    name = qualified_name(func)
    if name in REARRANGED:
        operator, args = REARRANGED[name](*args)
        return Word(OPERATORS[operator], {}), args
    return _named(name, changes()), args


def qualified_name(func: Dispatched) -> str:
    """`aten::add`, whichever overload."""
    name: str = func._schema.name if isinstance(func, OpOverload) else func._qualified_op_name
    return name


def name_of(func: Any) -> str:
    """A function's own name, with its module where the name alone would be an operator's."""
    if isinstance(func, (OpOverload, OpOverloadPacket)):
        return qualified_name(func)
    name: str = func.__name__
    return f"{getattr(func, '__module__', 'torch')}.{name}" if name in OPERATORS else name


@cache
def _named(qualified: str, changed: int) -> Word | None:
    """Torch's own are looked up by the name of the function that calls them, others as `torch.ops.LIBRARY.NAME`."""
    library, name = qualified.split("::")
    if library != "aten":
        return _others(changed).get(f"torch.ops.{library}.{name}")
    functions = (resolve(f"{home}.{RENAMED.get(name, name)}") for home in HOMES)
    return next((vocabulary()[f] for f in functions if f is not None and f in vocabulary()), None)


@cache
def _others(changed: int) -> dict[str, Word]:
    names = ((name, operator) for operator in OPERATORS for name in operator.torch if name.startswith("torch.ops."))
    return {name: Word(operator, implied(operator, name)) for name, operator in names}


def _convolution(
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    transposed: bool,
    output_padding: Any,
    groups: int,
    *flags: bool,
) -> Call:
    dims = weight.dim() - 2
    if transposed:
        return f"conv_transpose{dims}d", (input, weight, bias, stride, padding, output_padding, groups, dilation)
    return f"conv{dims}d", (input, weight, bias, stride, padding, dilation, groups)


def _softmax(input: Any, dim: int, half_to_float: bool) -> Call:
    return "softmax", (input, dim)


def _log_softmax(input: Any, dim: int, half_to_float: bool) -> Call:
    return "log_softmax", (input, dim)


def _batch_norm(
    input: Any, weight: Any, bias: Any, mean: Any, var: Any, training: bool, momentum: float, eps: float
) -> Call:
    return "batch_norm", (input, mean, var, weight, bias, training, momentum, eps)


def _batch_norm_eval(input: Any, weight: Any, bias: Any, mean: Any, var: Any, momentum: float, eps: float) -> Call:
    return "batch_norm", (input, mean, var, weight, bias, False, momentum, eps)


def _group_norm(
    input: Any, weight: Any, bias: Any, batch: int, channels: int, positions: int, groups: int, eps: float
) -> Call:
    return "group_norm", (input, groups, weight, bias, eps)


def _attention(query: Any, key: Any, value: Any, dropout_p: float = 0.0, is_causal: bool = False) -> Call:
    return "scaled_dot_product_attention", (query, key, value, None, dropout_p, is_causal)


def _attention_by_definition(query: Any, key: Any, value: Any, *rest: Any) -> Call:
    return "scaled_dot_product_attention", (query, key, value, *rest[:3])


REARRANGED: dict[str, Callable[..., Call]] = {
    "aten::_convolution": _convolution,
    "aten::_log_softmax": _log_softmax,
    "aten::_native_batch_norm_legit": _batch_norm,
    "aten::_native_batch_norm_legit_no_training": _batch_norm_eval,
    "aten::_scaled_dot_product_attention_math": _attention_by_definition,
    "aten::_scaled_dot_product_flash_attention": _attention,
    "aten::_scaled_dot_product_flash_attention_for_cpu": _attention,
    "aten::_softmax": _softmax,
    "aten::convolution": _convolution,
    "aten::native_batch_norm": _batch_norm,
    "aten::native_group_norm": _group_norm,
}
