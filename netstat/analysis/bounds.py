"""What operators without a formula can take at most."""

import re
from collections.abc import Iterable

from netstat.graph import Node
from netstat.records.profile import Uncounted

# No elementary function and no reduction of torch takes more per value that it reads or writes; see docs/conventions.md.
MAX_PER_ELEMENT = 64

# Operators whose work per value grows with the sizes of their tensors, by what their names have in common: products of
# matrices, decompositions, windows, recurrences, transforms, and whatever runs a function of the user's.
_GROWS = re.compile(
    r"conv|linear|einsum|attention|flash|xformers|matmul|mul_mat|bmm|dot|kron|chain|matrix|linalg|lobpcg|bilinear"
    r"|lstm|gru|rnn|recurrent|(?<![a-z])(?:add|sp|s|sspadd|_int_|_scaled_|grouped_)?m[mv](?![a-z])|addr|ger(?![a-z])"
    r"|fft|cdist|pdist|cov|corr|solve|cholesky|lstsq|inverse|svd|eig|geqrf|orgqr|ormqr|(?<![a-z])(?:lu|qr|det)(?![a-z])"
    r"|logdet|pool|roi|nms|fold|im2col|col2im|interpolate|upsample|grid_sample|polynomial|gcd|lcm|ctc|cell|moe|expert"
    r"|scan|loop|cond|map_impl|apply|fused|custom"
)  # fmt: skip


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
    """Whether an operator of this name takes at most so much per value."""
    return not _GROWS.search(op)


def at_most(flops: int, entries: Iterable[Uncounted]) -> int | None:
    """`flops` of what was counted and the most that the rest can take, None where nobody can say."""
    bounds = [entry.at_most for entry in entries]
    known = [bound for bound in bounds if bound is not None]
    return flops + sum(known) if len(known) == len(bounds) else None
