"""What operators without a formula can take at most."""

import re
from collections.abc import Iterable

from netstat.graph import Node
from netstat.records.profile import Uncounted

# No elementary function and no reduction of torch takes more per value it reads or writes; see docs/conventions.md.
MAX_PER_ELEMENT = 64

# What the names of operators have in common whose work per value grows with the sizes of their tensors: products,
# decompositions and transforms, windows, recurrences, iterations, and whatever runs a function of somebody else's.
_GROWING = (
    "conv|linear|matmul|bmm|einsum|dot|inner|attention|transformer|cdist|pdist|cov|corr|ctc",
    "linalg|matrix|cholesky|solve|lstsq|inverse|svd|pca|eig|lobpcg|geqrf|orgqr|ormqr|householder|logdet|fft|stft",
    "pool|response|roi|nms|interpolate|upsample|grid_sample",
    "lstm|gru|rnn|cell|polynomial|scan|loop|custom|fused|apply",
    r"(?<![a-z])(?:(?:add|sp|s|hsp|sspadd)?m[mv]|lu|qr|det|gcd|lcm|cond|map2?_)(?![a-z])",
)


def uncounted(nodes: Iterable[Node]) -> tuple[Uncounted, ...]:
    """Operators without a formula, one entry per path and operator.

    Args:
        nodes: the calls that have none.
    """
    found: dict[tuple[str, str], list[Node]] = {}
    for node in nodes:
        found.setdefault((node.path, node.op), []).append(node)
    return tuple(_entry(path, op, calls) for (path, op), calls in found.items())


def _entry(path: str, op: str, calls: list[Node]) -> Uncounted:
    written = sum(output.numel for node in calls for output in node.outputs)
    read = sum(argument.spec.numel for node in calls for argument in node.arguments)
    at_most = MAX_PER_ELEMENT * (read + written) if is_bounded(op) else None
    return Uncounted(path, op, len(calls), written, at_most)


def is_bounded(op: str) -> bool:
    """Whether an operator of this name takes at most so much per value; of another library's nobody can say."""
    name = op.removeprefix("aten::")
    return name.isidentifier() and not re.search("|".join(_GROWING), name)


def at_most(flops: int, entries: Iterable[Uncounted]) -> int | None:
    """`flops` of what was counted and the most that the rest can take, None where nobody can say."""
    bounds = [entry.at_most for entry in entries]
    known = [bound for bound in bounds if bound is not None]
    return flops + sum(known) if len(known) == len(bounds) else None
