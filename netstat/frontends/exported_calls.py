"""The operators of an exported program, called on tensors that hold nothing; torch's own, and no others."""

import operator as python
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.overrides import handle_torch_function

from netstat.errors import ModelError
from netstat.frontends.exported import DTYPES, spec_of
from netstat.frontends.files import plain_text
from netstat.graph import TensorSpec

Env = dict[str, Any]
ATEN = re.compile(r"torch\.ops\.aten\.(\w+)\.(\w+)", re.ASCII)
NOT_CALLED = frozenset({"from_file"})  # reads a file of its own
CHECKS = ("_assert", "sym_constrain", "_check")  # nothing but checks of sizes and values
# Arithmetic on sizes, by the names the format has for it.
ON_SIZES: dict[str, Callable[..., Any]] = {
    f"_operator.{name}": getattr(python, name)
    for name in ("add", "sub", "mul", "floordiv", "truediv", "mod", "neg", "eq", "ne", "lt", "le", "gt", "ge")
}
LARGEST_NUMBER = 2**63
KEYWORD = 2  # the kind of an argument that is given by name
# What an argument says about a device or memory; meta tensors have neither.
LEFT_OUT = ("as_device", "as_layout", "as_memory_format")


def run(node: Mapping[str, Any], env: Env, graph: Mapping[str, Any]) -> Env:
    """One operator; what it makes, by name."""
    target = node["target"]
    call, checks = _callable(target), ATEN.fullmatch(target)
    if checks and checks[1].startswith(CHECKS):
        return {}
    arguments = [(entry["name"], entry["kind"], entry["arg"]) for entry in node["inputs"]]
    if call is None:
        return dict(_named(node["outputs"], _unknown(node, arguments, env, graph)))
    args = [_value(arg, env) for _, kind, arg in arguments if kind != KEYWORD]
    kwargs = {name: _value(arg, env) for name, kind, arg in arguments if kind == KEYWORD and not _is_left_out(arg)}
    if target in ON_SIZES:
        return dict(_named(node["outputs"], _on_sizes(call, args)))
    if _makes_from_nothing(call, [*args, *kwargs.values()]):
        kwargs["device"] = "meta"
    return dict(_named(node["outputs"], call(*args, **kwargs)))


def _on_sizes(call: Callable[..., Any], values: Sequence[Any]) -> Any:
    """Arithmetic on numbers that can be sizes.

    Raises:
        ModelError: they cannot.
    """
    result = call(*values) if all(isinstance(value, (int, float)) for value in values) else None
    if result is None or abs(result) > LARGEST_NUMBER:
        raise ModelError("the program computes with sizes that cannot be; the file is damaged")
    return result


def _is_left_out(arg: Mapping[str, Any]) -> bool:
    return any(key in arg for key in LEFT_OUT)


def _makes_from_nothing(call: Any, values: Sequence[Any]) -> bool:
    """Whether an operator makes a tensor and takes none: it would make it in memory."""
    takes_device = isinstance(call, OpOverload) and any(entry.name == "device" for entry in call._schema.arguments)
    return takes_device and not any(isinstance(value, Tensor) for value in values)


def _callable(target: str) -> Callable[..., Any] | None:
    """What a target means: an operator of torch's own, or arithmetic on sizes. Nothing else is called."""
    if target in ON_SIZES:
        return ON_SIZES[target]
    match = ATEN.fullmatch(target)
    if not match or match[1] in NOT_CALLED:
        return None
    found = getattr(getattr(torch.ops.aten, match[1], None), match[2], None)
    return found if isinstance(found, OpOverload) else None


def _unknown(node: Mapping[str, Any], arguments: Any, env: Env, graph: Mapping[str, Any]) -> Any:
    """An operator that is not called: tensors of the shapes the file declares, and a row under its name."""
    values = graph["tensor_values"]
    names = [name for output in node["outputs"] for name in _names(output)]
    specs = [spec_of(values[name], f"tensor '{plain_text(name)}'") for name in names]

    not_called = NotCalled(plain_text(node["target"]).removeprefix("torch.ops."), specs)
    given = [value for _, _, arg in arguments if isinstance(value := _value(arg, env), Tensor)]
    made = handle_torch_function(not_called, given, *given) if given else not_called()
    return made[0] if len(made) == 1 and "as_tensor" in node["outputs"][0] else made


class NotCalled:
    """Stands for an operator that is not called: makes tensors that hold nothing."""

    def __init__(self, name: str, specs: Sequence[TensorSpec]) -> None:
        self.__name__, self._specs = name, specs

    def __call__(self, *tensors: Tensor) -> list[Tensor]:
        """Tensors of the declared shapes."""
        return [torch.empty(spec.shape, dtype=getattr(torch, spec.dtype), device="meta") for spec in self._specs]


def _names(output: Mapping[str, Any]) -> list[str]:
    if "as_tensor" in output:
        return [output["as_tensor"]["name"]]
    return [entry["name"] for entry in output.get("as_tensors", ())]


def _named(outputs: Sequence[Mapping[str, Any]], result: Any) -> Iterator[tuple[str, Any]]:
    """Results by their names."""
    results = [result] if len(outputs) == 1 else result or ()
    for output, value in zip(outputs, results, strict=False):
        ((kind, entry),) = output.items()
        if kind == "as_tensors":
            yield from zip((item["name"] for item in entry), value, strict=True)
        elif kind == "as_tensor":
            yield entry["name"], value
        elif kind in ("as_sym_int", "as_sym_bool", "as_sym_float") and "as_name" in entry:
            yield entry["as_name"], value


def _value(arg: Mapping[str, Any], env: Env) -> Any:
    """An argument as a Python value.

    Raises:
        ModelError: it is of a kind netstat does not know.
    """
    ((kind, entry),) = arg.items()
    if kind in ("as_int", "as_ints", "as_float", "as_floats", "as_bool", "as_bools", "as_string", "as_strings"):
        return entry
    if kind in ("as_none", *LEFT_OUT, "as_graph"):
        return None
    if kind == "as_tensor":
        return env[entry["name"]]
    if kind == "as_tensors":
        return [env[item["name"]] for item in entry]
    if kind == "as_optional_tensors":
        return [_value(item, env) for item in entry]
    if kind in ("as_sym_int", "as_sym_bool", "as_sym_float"):
        return _symbol(entry, env)
    if kind in ("as_sym_ints", "as_sym_bools", "as_sym_floats"):
        return [_symbol(item, env) for item in entry]
    if kind == "as_scalar_type":
        return getattr(torch, DTYPES[entry])
    raise ModelError(f"an argument of the program is {plain_text(kind)[:40]}, which netstat does not know")


def _symbol(entry: Mapping[str, Any], env: Env) -> Any:
    return env[entry["as_name"]] if "as_name" in entry else next(iter(entry.values()))
