"""The roofline: how fast a layer could be at best on a machine whose ceilings are known.

S. Williams, A. Waterman, D. Patterson: Roofline: an insightful visual performance model for multicore architectures.
Communications of the ACM 52(4), 2009. https://doi.org/10.1145/1498765.1498785
"""

from typing import NamedTuple

COMPUTE, MEMORY = "compute", "memory"


class Bound(NamedTuple):
    """The least time some work can take, in seconds, and the roof that sets it: "compute" or "memory"."""

    seconds: float
    roof: str


def bound(flops: float, bytes_moved: float, flops_per_second: float, bytes_per_second: float) -> Bound:
    """max(FLOPs / P, bytes / B): arithmetic and traffic overlap at best, so the longer of the two is what is left.

    Args:
        flops: elementary operations.
        bytes_moved: bytes read and written.
        flops_per_second: P, the most the machine can compute; positive.
        bytes_per_second: B, the most it can move; positive.

    Returns:
        Seconds; where both roofs say the same, it is the compute roof.
    """
    computing, moving = flops / flops_per_second, bytes_moved / bytes_per_second
    return Bound(moving, MEMORY) if moving > computing else Bound(computing, COMPUTE)
