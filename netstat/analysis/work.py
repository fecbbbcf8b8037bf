"""What each operator call asks of a device: arithmetic of one kind, and bytes."""

from collections.abc import Iterator
from typing import NamedTuple

from netstat.analysis.backward import backward_macs, differentiated
from netstat.cost import ZERO, Cost
from netstat.graph import Graph, Node
from netstat.ops import node_cost

CONVOLUTION, SMALL, GROUPED = "convolution", "convolution 3×3", "grouped convolution"
PRODUCT, ATTENTION, MEMORY = "product", "attention", "memory"
FAMILIES = (CONVOLUTION, SMALL, GROUPED, PRODUCT, ATTENTION, MEMORY)

# The gradient of an elementwise operator reads what came in and the gradient of what went out, and writes one: three
# tensors for the two of the forward pass.
POINTWISE_BACKWARD = 1.5


class Work(NamedTuple):
    """One operator call.

    Attributes:
        node: the call.
        family: of `FAMILIES`: a convolution, one of 3×3 at stride and dilation 1 (which libraries do with fewer
            multiplications than its formula has), one in groups, a product with parameters, one of activations alone,
            and "memory" for whatever has no multiply-accumulates.
        flops: two for each multiply-accumulate; the elementary operations of what has none.
        bytes_moved: the least it has to read and write.
        backward_flops, backward_bytes: the same of its gradients, 0 where none was asked for, or none reaches it.
        counted: whether the operator has a formula.
    """

    node: Node
    family: str
    flops: int
    bytes_moved: int
    backward_flops: int = 0
    backward_bytes: int = 0
    counted: bool = True

    @property
    def gradients(self) -> int:
        """How many operators make its gradients: two where both sides of a product want one."""
        if not (self.backward_flops or self.backward_bytes):
            return 0
        return 2 if self.family != MEMORY and self.backward_flops > self.flops else 1


def works(graph: Graph, *, backward: bool = False) -> tuple[Work, ...]:
    """The calls of `graph` that do anything, in order; views and their like are left out.

    Args:
        graph: the forward pass.
        backward: whether the gradients are wanted as well.
    """
    return tuple(_works(graph, backward))


def _works(graph: Graph, backward: bool) -> Iterator[Work]:
    macs, back = (backward_macs(graph), differentiated(graph)) if backward else ((), ())
    for i, node in enumerate(graph.nodes):
        cost = node_cost(node)
        work = _forward(node, cost or ZERO, counted=cost is not None)
        if work.flops or work.bytes_moved or not work.counted:
            yield _with_backward(work, macs[i] or 0) if i in back else work


def _forward(node: Node, cost: Cost, *, counted: bool) -> Work:
    flops = 2 * cost.macs or cost.flops
    return Work(node, _family(node, cost), flops, cost.bytes_read + cost.bytes_written, counted=counted)


def _with_backward(work: Work, macs: int) -> Work:
    """The gradients of a product are products of the same tensors: as many bytes for as much arithmetic."""
    if work.family == MEMORY:
        return work._replace(backward_flops=work.flops, backward_bytes=round(POINTWISE_BACKWARD * work.bytes_moved))
    bytes_moved = 2 * macs * work.bytes_moved // work.flops
    return work._replace(backward_flops=2 * macs, backward_bytes=bytes_moved)


def _family(node: Node, cost: Cost) -> str:
    if not cost.macs:
        return MEMORY
    if node.op.startswith("conv"):
        return _convolution(node)
    return PRODUCT if node.param_names else ATTENTION


def _convolution(node: Node) -> str:
    """Winograd's algorithm is for kernels of 3×3 at stride 1, without gaps (Lavin and Gray 2016)."""
    if node.attributes.get("groups", 1) > 1:
        return GROUPED
    weight = node.argument("weight")
    dense = all(node.attributes.get(name, 1) in (1, (1, 1), [1, 1]) for name in ("stride", "dilation"))
    return SMALL if dense and weight is not None and weight.shape[2:] == (3, 3) else CONVOLUTION
