"""What numpy says of an einsum, for the counters that ask it."""

from netstat.graph import Node


def optimal_figure(node: Node) -> float:
    """Operations for the best order of contraction, as its report prints them: in 4 digits.

    Two per product that is summed, one per product that is not, one more for good measure.
    """
    import numpy as np

    operands = [np.broadcast_to(0.0, argument.spec.shape) for argument in node.arguments]
    report = str(np.einsum_path(node.attributes["equation"], *operands, optimize="optimal")[1])
    (figure,) = (line.split(":")[1] for line in report.splitlines() if "optimized flop" in line.lower())
    return float(figure)
