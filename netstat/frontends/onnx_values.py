"""Tensors of an ONNX file: their shapes, and the values of those that say how something is computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from netstat.errors import ModelError
from netstat.frontends.files import checked_spec, plain_text
from netstat.graph import Source, TensorSpec

LARGEST_CONSTANT = 4096  # values of a tensor that may say how something is computed: sizes, axes, scales
# onnx.TensorProto.DataType
DTYPES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool", 10: "float16",
    11: "float64", 12: "uint32", 13: "uint64", 14: "complex64", 15: "complex128", 16: "bfloat16",
    17: "float8_e4m3fn", 19: "float8_e5m2",
}  # fmt: skip
CODES = {dtype: code for code, dtype in DTYPES.items()}
TYPED = ("float_data", "int32_data", "int64_data", "double_data", "uint64_data")


class UntranslatedError(Exception):
    """A node that says something none of our operators says: it is listed under its ONNX name."""


class Value(NamedTuple):
    """A tensor on its way through the graph.

    Attributes:
        spec: shape and dtype.
        source: where it comes from.
        data: its values as a numpy array, None where they are not known before the model runs.
    """

    spec: TensorSpec
    source: Source
    data: Any = None

    @property
    def number(self) -> Any:
        """The value of a scalar, None where it is none or not known."""
        return None if self.data is None or self.spec.shape else self.data.item()


@dataclass(frozen=True)
class Call:
    """One node with its inputs.

    Attributes:
        op: the name ONNX has for it.
        inputs: its tensors, None for an optional one that was left out.
        attributes: as Python values.
        version: of the operator set.
        outputs: how many outputs are used.
    """

    op: str
    inputs: tuple[Value | None, ...]
    attributes: Mapping[str, Any]
    version: int
    outputs: int

    def get(self, i: int) -> Value | None:
        """Input `i`, None where it was left out."""
        return self.inputs[i] if i < len(self.inputs) else None

    def __getitem__(self, i: int) -> Value:
        """Input `i`.

        Raises:
            UntranslatedError: it was left out.
        """
        value = self.get(i)
        if value is None:
            raise UntranslatedError
        return value

    def known(self, name: str, i: int, default: Sequence[int] | None = None) -> tuple[int, ...] | None:
        """Whole numbers that are an attribute in old operator sets and input `i` in new ones.

        Raises:
            UntranslatedError: they are not known before the model runs.
        """
        if name in self.attributes:
            return tuple(self.attributes[name])
        value = self.get(i)
        if value is None:
            return None if default is None else tuple(default)
        if value.data is None:
            raise UntranslatedError
        return tuple(map(int, value.data.reshape(-1).tolist()))


class Step(NamedTuple):
    """A call of an operator of ours: a tensor argument may be the result of another step."""

    op: str
    tensors: Mapping[str, Any]
    attributes: Mapping[str, Any] = {}


def spec_of(tensor: Any) -> TensorSpec:
    """Shape and dtype of a TensorProto, whose data has to be there or to lie in a file beside the model.

    Raises:
        ModelError: it cannot be.
    """
    name = f"tensor '{plain_text(tensor.name)}'"
    spec = checked_spec(tuple(tensor.dims), DTYPES.get(tensor.data_type, f"number {tensor.data_type}"), name)
    if is_external(tensor):
        _check_location(tensor, name)
    elif not _is_whole(tensor, spec):
        raise ModelError(f"{name} does not hold the {spec.numel} values its sizes say; the file is damaged")
    return spec


def is_external(tensor: Any) -> bool:
    """Whether the data lies in another file, which nobody reads."""
    return bool(tensor.data_location == 1)


def _check_location(tensor: Any, name: str) -> None:
    place = next((entry.value for entry in tensor.external_data if entry.key == "location"), "")
    parts = place.replace("\\", "/").split("/")
    if not place or ".." in parts or parts[0] == "" or ":" in place:
        raise ModelError(f"{name} has its data outside the model's folder: '{plain_text(place)[:80]}'; refused")


def _is_whole(tensor: Any, spec: TensorSpec) -> bool:
    if tensor.HasField("raw_data"):
        return len(tensor.raw_data) == spec.nbytes
    parts = 2 if "complex" in spec.dtype else 1
    return max(len(getattr(tensor, field)) for field in TYPED) == parts * spec.numel


def data_of(tensor: Any, spec: TensorSpec) -> Any:
    """The values of a small tensor, None for a large one or one in another file."""
    if is_external(tensor) or spec.numel > LARGEST_CONSTANT:
        return None
    from onnx.numpy_helper import to_array

    return to_array(tensor)


def constant(data: Any) -> Value:
    """A value that is known."""
    spec = TensorSpec(tuple(data.shape), str(data.dtype))
    return Value(spec, Source("constant"), data)


def transposed(value: Value) -> Value:
    """A matrix with its dimensions the other way round."""
    return value._replace(spec=value.spec._replace(shape=value.spec.shape[::-1]), data=None)


def flattened(value: Value, at: int) -> Value:
    """The same values as a matrix: the dimensions before `at` are its rows."""
    shape = value.spec.shape
    at = at % len(shape) if shape else 0
    return value._replace(spec=value.spec._replace(shape=(prod(shape[:at]), prod(shape[at:]))), data=None)
