"""The dtype of a result made of several operands: torch's type promotion (torch.result_type)."""

from functools import reduce

from netstat.graph import TensorSpec
from netstat.units import dtype_bytes

_HOLDS_BOTH = {"int8": "int16", "uint8": "int16", "float16": "float32", "bfloat16": "float32"}


def result_dtype(*operands: TensorSpec | float) -> str:
    """Tensors with dimensions decide, unless one without is of a higher kind; both, unless a number is."""
    tensors = [operand for operand in operands if isinstance(operand, TensorSpec)]
    groups = (
        [tensor.dtype for tensor in tensors if tensor.shape],
        [tensor.dtype for tensor in tensors if not tensor.shape],
        [_of_number(operand) for operand in operands if not isinstance(operand, TensorSpec)],
    )
    return reduce(_unless_higher, (reduce(_wider, group) for group in groups if group))


def _of_number(number: float) -> str:
    if isinstance(number, bool):
        return "bool"
    return "int64" if isinstance(number, int) else "float32"


def _kind(dtype: str) -> int:
    """Truth values, integers, floating-point and complex numbers: each a higher kind than the one before."""
    return next((kind for kind, stem in enumerate(("bool", "int", "float", "complex")) if stem in dtype), 0)


def _wider(a: str, b: str) -> str:
    """The narrowest dtype that holds both."""
    narrow, wide = sorted((a, b), key=lambda dtype: (_kind(dtype), dtype_bytes(dtype)))
    alike = narrow != wide and (_kind(narrow), dtype_bytes(narrow)) == (_kind(wide), dtype_bytes(wide))
    return _HOLDS_BOTH.get(wide, wide) if alike else wide


def _unless_higher(decided: str, other: str) -> str:
    return other if _kind(other) > _kind(decided) else decided
