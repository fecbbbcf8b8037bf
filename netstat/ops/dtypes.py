"""The dtype of a result made of several operands: torch's type promotion (torch.result_type)."""

from functools import reduce

from netstat.graph import TensorSpec
from netstat.units import dtype_bytes

_HOLDS_BOTH = {"int8": "int16", "uint8": "int16", "float16": "float32", "bfloat16": "float32"}
_COMPLEX = {"float64": "complex128", "float16": "complex32"}
_REAL = {complex_: float_ for float_, complex_ in _COMPLEX.items()}

# A complex number reaches a graph as text.
Operand = TensorSpec | float | str


def result_dtype(*operands: Operand) -> str:
    """Tensors with dimensions decide, unless one without is of a higher kind; both, unless a number is."""
    tensors = [operand for operand in operands if isinstance(operand, TensorSpec)]
    groups = (
        [tensor.dtype for tensor in tensors if tensor.shape],
        [tensor.dtype for tensor in tensors if not tensor.shape],
        [_of_number(operand) for operand in operands if not isinstance(operand, TensorSpec)],
    )
    return reduce(_unless_higher, (reduce(_wider, group) for group in groups if group))


def floating_dtype(*operands: Operand) -> str:
    """What true division and the elementary functions make of them: integers and truth values become float32."""
    dtype = result_dtype(*operands)
    return dtype if is_inexact(dtype) else "float32"


def truth_dtype(*operands: Operand) -> str:
    """What a comparison makes of them: truth values."""
    return "bool"


def complex_dtype(dtype: str) -> str:
    """The complex numbers whose parts are of this floating-point dtype; a complex dtype stays."""
    return dtype if kind(dtype) == 3 else _COMPLEX.get(dtype, "complex64")


def real_dtype(dtype: str) -> str:
    """The dtype of the parts of a complex number; any other dtype stays."""
    return _REAL.get(dtype, "float32") if kind(dtype) == 3 else dtype


def kind(dtype: str) -> int:
    """Truth values, integers, floating-point and complex numbers: each a higher kind than the one before."""
    return next((kind for kind, stem in enumerate(("bool", "int", "float", "complex")) if stem in dtype), 0)


def is_inexact(dtype: str) -> bool:
    """Whether values of this dtype are floating-point or complex numbers, which have means, roots and gradients."""
    return kind(dtype) > 1


def is_complex(operand: Operand) -> bool:
    """Whether an operand is made of complex numbers."""
    return kind(result_dtype(operand)) == 3


def _of_number(number: float | str) -> str:
    if isinstance(number, bool):
        return "bool"
    if isinstance(number, (complex, str)):
        return "complex64"
    return "int64" if isinstance(number, int) else "float32"


def _wider(a: str, b: str) -> str:
    """The narrowest dtype that holds both."""
    narrow, wide = sorted((a, b), key=lambda dtype: (kind(dtype), dtype_bytes(dtype)))
    if kind(wide) == 3:
        return max(complex_dtype(narrow), wide, key=dtype_bytes) if kind(narrow) > 1 else wide
    alike = narrow != wide and (kind(narrow), dtype_bytes(narrow)) == (kind(wide), dtype_bytes(wide))
    return _HOLDS_BOTH.get(wide, wide) if alike else wide


def _unless_higher(decided: str, other: str) -> str:
    if kind(other) <= kind(decided):
        return decided
    return complex_dtype(decided) if (kind(decided), kind(other)) == (2, 3) else other
