"""What a forward pass costs once pruning is permanent: the weights that masks keep, and no masks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import prod

from netstat.analysis.rows import Priced
from netstat.cost import Cost
from netstat.graph import Graph, Kept, Node

TRANSPOSED = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
CONTRACTIONS = ("linear", "conv1d", "conv2d", "conv3d", *TRANSPOSED)
Masks = Mapping[int, Kept]  # by the node that multiplies by the mask


def pruned(graph: Graph, priced: Sequence[Priced]) -> list[Priced]:
    """The nodes at what they cost by the weights that masks keep; bytes stay those of dense tensors.

    A convolution or linear layer uses each of its weights equally often, so of W weights K kept ones take macs·K/W
    multiplications. m products of an output value take m − 1 additions, none where m is 0, and a bias that is kept one
    more. Multiplying by the masks is not counted. Whatever else reads a masked tensor is counted as dense.

    Args:
        graph: the forward pass; its parameters know what masks keep of them.
        priced: its nodes.
    """
    masks = dict(_masks(graph))
    return [_pruned(i, member, masks) for i, member in enumerate(priced)]


def _masks(graph: Graph) -> Iterator[tuple[int, Kept]]:
    """The nodes X = X_orig · X_mask, and what the mask keeps."""
    known = {param.name: param.kept for param in graph.params if param.buffer}
    for i, node in enumerate(graph.nodes):
        if node.op == "mul" and {argument.source.kind for argument in node.arguments} == {"param", "buffer"}:
            name = next(argument.source.name for argument in node.arguments if argument.source.kind == "buffer")
            if kept := known.get(name):
                yield i, kept


def _pruned(at: int, member: Priced, masks: Masks) -> Priced:
    node, cost, backward = member
    if cost is None:
        return member
    if at in masks:
        return member._replace(cost=Cost(bytes_read=cost.bytes_read, bytes_written=cost.bytes_written))
    made_by = {argument.name: argument.source.node for argument in node.arguments}
    weight, bias = (masks.get(made_by.get(name, -1)) for name in ("weight", "bias"))
    if node.op not in CONTRACTIONS or weight is bias is None:
        return member
    return Priced(node, _contraction(node, cost, weight, bias), backward and _share(backward, node, weight))


def _share(macs: int, node: Node, weight: Kept | None) -> int:
    """As many of the multiply-accumulates as weights are kept of all."""
    spec = node.argument("weight")
    return macs if weight is None or spec is None or not macs else macs * weight.elements // spec.numel


def _contraction(node: Node, cost: Cost, weight: Kept | None, bias: Kept | None) -> Cost:
    macs, spec, outputs = _share(cost.macs, node, weight), node.argument("bias"), node.output.numel
    dense = outputs if spec is not None else 0
    sums = cost.macs + dense - cost.adds if weight is None else _sums(node, weight)
    biased = dense if bias is None or spec is None else dense * bias.elements // spec.numel
    return replace(cost, macs=macs, multiplies=macs, adds=macs - sums + biased)


def _sums(node: Node, weight: Kept) -> int:
    """How many sums have a product: one addition fewer than products for each of them."""
    if node.op not in TRANSPOSED:
        channels = sum(many for _, many in weight.channels)
        return node.output.numel // channels * sum(many for places, many in weight.channels if places)
    steps = node.attributes["stride"], node.attributes["dilation"]
    dims = len(steps[0])
    images = prod(node.input.shape[: -dims - 1])
    return images * sum(many * reached(places, node.input.shape[-dims:], *steps) for places, many in weight.channels)


def reached(
    places: Collection[tuple[int, ...]], sizes: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> int:
    """On how many positions of a transposed convolution's uncut output something falls: #{S·p + D·k : p < L, k in K}.

    Those of equal D·k modulo S lie in one lattice, where each k covers a box of L positions from ⌊D·k / S⌋.

    Args:
        places: the kernel positions K, d numbers each.
        sizes: L, the input's size in each of d dimensions.
        stride, dilation: S and D in each dimension.
    """
    lattices: dict[tuple[int, ...], set[tuple[int, ...]]] = {}
    for place in places:
        starts, rests = zip(*(divmod(d * k, s) for k, s, d in zip(place, stride, dilation, strict=True)), strict=True)
        lattices.setdefault(rests, set()).add(starts)
    return sum(_covered(boxes, sizes) for boxes in lattices.values())


def _covered(boxes: Collection[tuple[int, ...]], sizes: Sequence[int]) -> int:
    """How many points lie in at least one of the boxes of these sizes that begin at these points."""
    if not (boxes and sizes):
        return len(boxes)
    first, *others = sizes
    edges = sorted({edge for start, *_ in boxes for edge in (start, start + first)})
    return sum(
        (high - low) * _covered({box[1:] for box in boxes if box[0] <= low < box[0] + first}, others)
        for low, high in pairwise(edges)
    )
