"""What torch's flop counter makes of a node, rule by rule: amounts on top of its multiply-accumulates."""

from functools import cache
from importlib.metadata import version
from math import prod

from netstat.cost import Cost
from netstat.graph import Node, TensorSpec
from netstat.peers._recurrent import padded_rows, rows, runs

_NO_FORMULA = frozenset({"mv", "dot", "vecdot", "addmv", "addbmm", "bilinear", "deform_conv2d"})
_NO_CPU_ATTENTION_BEFORE = (2, 15)


def vectors(node: Node, cost: Cost) -> int:
    """They run `aten::mv` and `aten::dot`."""
    single = node.op in ("inner", "tensordot") and node.output.numel == 1
    by_vector = node.op in ("linear", "matmul") and len(node.arguments[1].spec.shape) == 1
    return -2 * cost.macs if single or by_vector or _vector_by_matrices(node) else 0


def _vector_by_matrices(node: Node) -> bool:
    """One matrix takes a vector as a matrix of one row; several do unless, turned over, they are one without a copy."""
    if node.op != "matmul" or len(node.input.shape) > 1 or len(node.arguments[1].spec.shape) < 3:
        return False
    *batch, _, columns = node.arguments[1].spec.shape
    return 1 in (columns, prod(batch))


def no_formula(node: Node, cost: Cost) -> int:
    return -2 * cost.macs if node.op in _NO_FORMULA else 0


def in_place(node: Node, cost: Cost) -> int:
    return -2 * cost.macs if node.op in ("addmm", "baddbmm") and node.attributes["inplace"] else 0


def einsum(node: Node, cost: Cost) -> int:
    """Where all that is to be summed has size 1, two operands are multiplied value by value."""
    if node.op != "einsum":
        return 0
    from netstat.ops.contraction import contract
    from netstat.ops.einsum import parse

    operands = [argument.spec for argument in node.arguments]
    terms, output = parse(node.attributes["equation"], operands)
    longer = [
        {label: size for label, size in zip(term, spec.shape, strict=True) if size > 1}
        for term, spec in zip(terms, operands, strict=True)
    ]
    steps = contract([TensorSpec(tuple(sizes.values())) for sizes in longer], [*map(tuple, longer)], output)
    return 2 * (sum(step.macs for step in steps) - cost.macs)


def outer(node: Node, cost: Cost) -> int:
    """Without a dimension to sum over, `tensordot` still runs a matrix product, of one column by one row."""
    return 2 * cost.multiplies if node.op == "tensordot" and not cost.macs and node.output.numel > 1 else 0


def lstm(node: Node, cost: Cost) -> int:
    """In single precision, unprojected, of sequences of one length, it is one kernel; else it comes apart."""
    if node.op != "lstm":
        return 0
    params = sum(argument.name.startswith("params.") for argument in node.arguments)
    projected = params // runs(node) in (3, 5)
    one_kernel = node.input.dtype == "float32" and not projected and rows(node) == padded_rows(node)
    return -2 * cost.macs if one_kernel else 0


def cpu_attention(node: Node, cost: Cost) -> int:
    """Heads of one size in a batch of one size, without dropout, run one kernel; any other attention two products."""
    if node.op != "scaled_dot_product_attention" or _release() >= _NO_CPU_ATTENTION_BEFORE:
        return 0
    query, key, value = (argument.spec.shape for argument in node.arguments[:3])
    alike = len({(len(shape), *shape[:2], shape[-1]) for shape in (query, key, value)}) == 1
    return -2 * cost.macs if len(query) == 4 and alike and not node.attributes["dropout_p"] else 0


@cache
def _release() -> tuple[int, int]:
    """Of torch, without importing it."""
    major, minor, *_ = version("torch").split(".")
    return int(major), int(minor)
