"""One card's part of a split model as a torch.nn.Module: its part of the weights, its channels, and what it exchanges.

It follows the graph and the partition's record, so it computes what these say, and is what the record is checked by.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  its name everywhere

from netstat.errors import ModelError
from netstat.frontends.exchange import Channel, Held, Trade, exchanged
from netstat.graph import Argument, Graph, Node, Source
from netstat.records.partition import Needed, Partition, PartitionedLayer
from netstat.records.ranges import Ranges, common, entire, grouped, number

CONVOLUTIONS = {"conv1d": F.conv1d, "conv2d": F.conv2d, "conv3d": F.conv3d}
# Functions that take what the operator takes, but for the attributes that are left out.
FUNCTIONS: dict[str, tuple[Callable[..., Tensor], tuple[str, ...]]] = {
    "linear": (F.linear, ()),
    "relu": (F.relu, ()),
    "relu6": (F.relu6, ()),
    "hardtanh": (F.hardtanh, ()),
    "silu": (F.silu, ()),
    "hardswish": (F.hardswish, ()),
    "hardsigmoid": (F.hardsigmoid, ()),
    "sigmoid": (torch.sigmoid, ("inplace",)),
    "tanh": (torch.tanh, ("inplace",)),
    "gelu": (F.gelu, ("inplace",)),
    "max_pool2d": (F.max_pool2d, ()),
    "avg_pool2d": (F.avg_pool2d, ()),
    "adaptive_avg_pool2d": (F.adaptive_avg_pool2d, ()),
    "pad": (F.pad, ()),
    "batch_norm": (F.batch_norm, ()),
    "dropout": (F.dropout, ()),
    "local_response_norm": (F.local_response_norm, ()),
    "add": (torch.add, ("inplace",)),
    "mul": (torch.mul, ("inplace",)),
    "mean": (torch.mean, ()),
}
RESHAPED = ("flatten", "reshape")


def check_runs(graph: Graph) -> None:
    """Refuse a model that cards cannot run.

    Raises:
        ModelError: an operator, or a way to call one, that this executor does not know.
    """
    for node in graph.nodes:
        if node.op not in (*CONVOLUTIONS, *FUNCTIONS, *RESHAPED, "cat"):
            where = f" in '{node.path}'" if node.path else ""
            raise ModelError(f"cards do not run '{node.op}'{where}: they run {', '.join(_known())}")
        if len(node.outputs) != 1 or any(argument.source.kind == "constant" for argument in node.arguments):
            where = f"'{node.path}' ({node.op})" if node.path else node.op
            raise ModelError(f"cards do not run {where} with several outputs, or on tensors made inside forward")
    if len(graph.inputs) != 1 or len(graph.outputs) != 1 or graph.outputs[0].kind != "node":
        raise ModelError("cards run models of one input and one output")


def _known() -> list[str]:
    return [*CONVOLUTIONS, *FUNCTIONS, *RESHAPED, "cat"]


def slices(record: Partition, card: int, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What a card holds of the parameters and buffers of the model, copied."""
    return {
        each.name: Held(tensors[each.name], each.axis, entire(tensors[each.name].shape[each.axis]))
        .take(each.parts[card])
        .detach()
        .clone()
        if tensors[each.name].dim()
        else tensors[each.name].detach().clone()
        for each in record.slices
    }


class Card(nn.Module):
    """One card.

    Args:
        graph: of the whole model.
        record: how it is split.
        card: which one it is.
        tensors: its parameters and buffers, from `slices`, by name.
        channel: to the other cards.
    """

    def __init__(
        self, graph: Graph, record: Partition, card: int, tensors: Mapping[str, Tensor], channel: Channel
    ) -> None:
        super().__init__()
        check_runs(graph)
        self._graph, self._record, self._card, self._channel = graph, record, card, channel
        self._slices = {each.name: each for each in record.slices}
        kinds = {param.name: param for param in graph.params}
        for name, tensor in tensors.items():
            if kinds[name].buffer:
                self.register_buffer(_registered(name), tensor)
            else:
                parameter = nn.Parameter(tensor, requires_grad=kinds[name].trainable)
                self.register_parameter(_registered(name), parameter)
        self._first = {param.name: param.shared_with or param.name for param in graph.params}
        self._uses = Counter(argument.source for node in graph.nodes for argument in node.activations)

    def tensor(self, name: str) -> Tensor:
        """Its part of a parameter or buffer."""
        found: Tensor = getattr(self, _registered(self._first[name]))
        return found

    def forward(self, x: Tensor) -> Tensor:
        """The output of the whole model."""
        there = {Source("input", self._graph.inputs[0][0]): _all_of(x)}
        left = Counter(self._uses)
        del x
        for i, (node, row) in enumerate(zip(self._graph.nodes, self._record.layers, strict=False)):
            taken = self._taken(i, node.activations, row, there)
            for argument in node.activations:
                left[argument.source] -= 1
                if not left[argument.source] and argument.source not in self._graph.outputs:
                    there.pop(argument.source, None)
            there[Source("node", node=i)] = Held(self._run(node, row, taken), row.axis, row.parts[self._card])
            taken.clear()
        (end,), last = self._graph.outputs, self._record.layers[-1]
        argument = Argument("0", self._graph.nodes[end.node].output, end)
        return self._taken(len(self._graph.nodes), iter((argument,)), last, there)["0"]

    def _taken(
        self, place: int, arguments: Iterator[Argument], row: PartitionedLayer, there: dict[Source, Held]
    ) -> dict[str, Tensor]:
        """What the operator needs of its inputs, after what crosses has come."""
        needs, taken = {need.argument: need for need in row.needs}, {}
        for argument in arguments:
            name, held = argument.name, there[argument.source]
            if any(crossing.argument == name for crossing in row.crossings):
                held = there[argument.source] = exchanged(held, self._trade(place, row, name), self._channel)
            taken[name] = self._part(held, needs[name])
            del held
        return taken

    def _part(self, held: Held, need: Needed) -> Tensor:
        if held.axis != need.axis:  # only where all of it is here
            held = Held(held.tensor, need.axis, entire(need.size))
        return held.take(need.parts[self._card])

    def _trade(self, place: int, row: PartitionedLayer, name: str) -> Trade:
        ours = [crossing for crossing in row.crossings if crossing.argument == name]
        sends = tuple((each.receiver, each.ranges) for each in ours if each.sender == self._card)
        gets = tuple((each.sender, each.ranges) for each in ours if each.receiver == self._card)
        return Trade(place, sends, gets, returned=any(each.returned_bytes for each in ours))

    def _run(self, node: Node, row: PartitionedLayer, taken: dict[str, Tensor]) -> Tensor:
        own = row.parts[self._card]
        if node.op in CONVOLUTIONS:
            return self._convolved(node, own, taken["input"])
        if node.op in RESHAPED:
            sizes = node.output.shape
            return taken["input"].reshape(*sizes[: row.axis], number(own), *sizes[row.axis + 1 :])
        if node.op == "cat":
            return torch.cat(list(taken.values()), node.attributes["dim"])
        function, without = FUNCTIONS[node.op]
        attributes = {name: value for name, value in node.attributes.items() if name not in without}
        if "training" in attributes:
            attributes["training"] = self.training
        made = function(**taken, **self._weights(node), **attributes)
        if node.op == "local_response_norm":  # the neighbours' channels were looked at, and are theirs
            return Held(made, row.axis, row.needs[0].parts[self._card]).take(own)
        return made

    def _weights(self, node: Node) -> dict[str, Tensor]:
        return {a.name: self.tensor(a.source.name) for a in node.arguments if a.source.kind in ("param", "buffer")}

    def _convolved(self, node: Node, own: Ranges, x: Tensor) -> Tensor:
        """Whole groups in one call; of a group that is cut, the channels that are ours."""
        weights, groups = self._weights(node), node.attributes["groups"]
        weight, bias = weights["weight"], weights.get("bias")
        per_out, per_in = node.output.shape[1] // groups, node.input.shape[1] // groups
        rest = {name: value for name, value in node.attributes.items() if name != "groups"}
        convolve, touched = CONVOLUTIONS[node.op], grouped(own, per_out)
        if number(own) == per_out * number(touched):
            return convolve(x, weight, bias, groups=number(touched), **rest)
        made, row = [], 0
        for at, group in enumerate(group for first, last in touched for group in range(first, last)):
            rows = slice(row, row + number(common(own, ((group * per_out, (group + 1) * per_out),))))
            seen = x.narrow(1, at * per_in, per_in)
            made.append(convolve(seen, weight[rows], None if bias is None else bias[rows], **rest))
            row = rows.stop
        return torch.cat(made, 1)


def _all_of(x: Tensor) -> Held:
    axis = min(1, x.dim() - 1)
    return Held(x, axis, entire(x.shape[axis]))


def _registered(name: str) -> str:
    """Torch takes no dots in names of parameters."""
    return name.replace(".", "/")
