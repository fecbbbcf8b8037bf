"""What torch's flop counter makes of a node, rule by rule: amounts on top of its multiply-accumulates."""

from functools import cache
from importlib.metadata import version
from math import prod

from netstat.conventions import DOUBLED, MACS, Amount, Term
from netstat.cost import Cost
from netstat.graph import Node, TensorSpec
from netstat.peers.rules.recurrent import padded_rows, rows, runs

_NO_FORMULA = frozenset({"mv", "dot", "vecdot", "addmv", "addbmm", "bilinear", "deform_conv2d"})


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


def einsum_steps(node: Node) -> tuple[Cost, ...]:
    """Pair by pair. Where all that is to be summed has size 1, two operands are multiplied value by value."""
    from netstat.ops.contraction import contract
    from netstat.ops.einsum import parse

    operands = [argument.spec for argument in node.arguments]
    terms, output = parse(node.attributes["equation"], operands)
    longer = [
        {label: size for label, size in zip(term, spec.shape, strict=True) if size > 1}
        for term, spec in zip(terms, operands, strict=True)
    ]
    return contract([TensorSpec(tuple(sizes.values())) for sizes in longer], [*map(tuple, longer)], output)


def einsum(node: Node, cost: Cost) -> int:
    return 2 * (sum(step.macs for step in einsum_steps(node)) - cost.macs) if node.op == "einsum" else 0


def outer(node: Node, cost: Cost) -> int:
    """Without a dimension to sum over, `tensordot` still runs a matrix product, of one column by one row."""
    return 2 * cost.multiplies if node.op == "tensordot" and not cost.macs and node.output.numel > 1 else 0


def one_lstm_kernel(node: Node) -> bool:
    """In single precision, unprojected, of sequences of one length, a layer is one kernel; else it comes apart."""
    if node.op != "lstm":
        return False
    params = sum(argument.name.startswith("params.") for argument in node.arguments)
    projected = params // runs(node) in (3, 5)
    return node.input.dtype == "float32" and not projected and rows(node) == padded_rows(node)


def lstm(node: Node, cost: Cost) -> int:
    return -2 * cost.macs if one_lstm_kernel(node) else 0


def one_attention_kernel(node: Node) -> bool:
    """Whether attention runs one kernel and not two products.

    It does for heads of one size in a batch of one size, keys and values by the same number of heads, without dropout,
    and with a mask of 2 or as many dimensions.
    """
    if node.op != "scaled_dot_product_attention":
        return False
    query, key, value = (argument.spec.shape for argument in node.arguments[:3])
    mask, dims = node.argument("attn_mask"), len(query)
    alike = query[-1] == key[-1] == value[-1] and key[:-2] == value[:-2] and (dims == 3 or query[0] == key[0])
    masked = mask is None or dims == 3 or len(mask.shape) in (2, 4)
    return dims in (3, 4) and alike and masked and not node.attributes["dropout_p"]


def cpu_attention(node: Node, cost: Cost) -> int:
    return -2 * cost.macs if one_attention_kernel(node) else 0


def before(release: tuple[int, int], rule: Amount) -> Amount:
    """A rule of the releases of torch before this one: the one that is installed decides."""
    return lambda node, cost: rule(node, cost) if _release() < release else 0


@cache
def _release() -> tuple[int, int]:
    """Of torch, without importing it."""
    major, minor, *_ = version("torch").split(".")
    return int(major), int(minor)


# Of every release.
PRODUCTS = (
    MACS,
    DOUBLED,
    Term("einsum without anything to sum but sizes of 1 not counted", einsum),
    Term("outer product by tensordot counted as a matrix product", outer),
    Term("defect: product with a vector without a formula, counted as nothing", vectors),
    Term("defect: product without a formula, counted as nothing", no_formula),
    Term("defect: product added in place without a formula, counted as nothing", in_place),
    Term("defect: LSTM kernel of the CPU without a formula, counted as nothing", lstm),
)
