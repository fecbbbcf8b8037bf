"""Which channels of an operator each card computes, and what of its inputs that takes.

Every rule says what an output channel is made of. An operator without one is computed whole on every card.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import NamedTuple

from netstat.errors import UsageError
from netstat.graph import Node, TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.base import Operator
from netstat.records.partition import GATHERED, NEIGHBOURS, OWN, SPLIT, WHOLE
from netstat.records.ranges import Ranges, entire, evenly, grouped, joined, moved, number, times, widened

CHANNELS = 1  # the dimension of channels in (N, C, *)
BLOCKS = frozenset({"flatten", "reshape", "unflatten", "squeeze", "unsqueeze", "contiguous"})
PER_CHANNEL = frozenset({"batch_norm", "instance_norm"})


class Spread(NamedTuple):
    """How a tensor lies on the cards: of its `size` channels along `axis` each has the ranges in `parts`."""

    axis: int
    size: int
    parts: tuple[Ranges, ...]

    @property
    def whole(self) -> bool:
        """Whether every card has all of it."""
        return all(number(part) == self.size for part in self.parts)


class Ruling(NamedTuple):
    """How one operator runs.

    Attributes:
        how: a key of `HOW`.
        output: how its outputs lie.
        needs: what each card has to have of each argument that is an activation.
        holds: which part each card holds of the parameters and buffers that are not whole everywhere.
    """

    how: str
    output: Spread
    needs: Mapping[str, Spread]
    holds: Mapping[str, Spread]


class Cut(NamedTuple):
    """How to split.

    Attributes:
        ways: number of cards.
        across: whether local response normalisation looks at channels of other cards.
    """

    ways: int
    across: bool = True


Inputs = Mapping[str, Spread]
Rule = Callable[[Node, Inputs, Cut], Ruling | None]


def ruling(node: Node, inputs: Inputs, cut: Cut) -> Ruling:
    """How `node` runs on `cut.ways` cards, its activations lying as `inputs` says.

    Raises:
        UsageError: a layer has fewer output channels than there are cards.
    """
    rule = _rule(node)
    found = rule(node, inputs, cut) if rule and node.outputs else None
    return found or _gathered(node, inputs, cut)


def _rule(node: Node) -> Rule | None:
    if node.op not in OPERATORS:
        return None
    by_name = next((rule for names, rule in _BY_NAME.items() if node.op in names), None)
    return by_name or next((rule for family, rule in _BY_CLASS if _is(OPERATORS[node.op], family)), None)


def _is(operator: type[Operator], name: str) -> bool:
    """Whether it descends from the class called so; most classes are imported only where a model has them."""
    return any(base.__name__ == name for base in operator.__mro__)


def everywhere(spec: TensorSpec, ways: int, axis: int = CHANNELS) -> Spread:
    """All of a tensor on every card."""
    at = axis if axis < len(spec.shape) else 0
    size = spec.shape[at] if spec.shape else 1
    return Spread(at, size, (entire(size),) * ways)


def _gathered(node: Node, inputs: Inputs, cut: Cut) -> Ruling:
    needs = {name: spread._replace(parts=(entire(spread.size),) * cut.ways) for name, spread in inputs.items()}
    how = WHOLE if all(spread.whole for spread in inputs.values()) else GATHERED
    output = everywhere(node.output, cut.ways) if node.outputs else Spread(0, 1, (entire(1),) * cut.ways)
    return Ruling(how, output, needs, {})


def _convolution(node: Node, inputs: Inputs, cut: Cut) -> Ruling | None:
    """Output channel o sees the input channels of its group: C_in/groups of them from ⌊o / (C_out/groups)⌋ on."""
    weight, spread = node.argument("weight"), inputs["input"]
    if weight is None or len(node.input.shape) != len(weight.shape):
        return None  # an input without a batch
    outs, ins, groups = weight.shape[0], node.input.shape[CHANNELS], node.attributes["groups"]
    per_out, per_in = outs // groups, ins // groups
    if (
        groups == ins > 1 and spread.axis == CHANNELS and not spread.whole
    ):  # each channel by itself: it stays where it is
        parts = tuple(times(part, per_out) for part in spread.parts)
    else:
        parts = _dealt(node, outs, cut.ways)
    needs = tuple(times(grouped(part, per_out), per_in) for part in parts)
    return _weighted(node, Spread(CHANNELS, outs, parts), Spread(CHANNELS, ins, needs))


def _linear(node: Node, inputs: Inputs, cut: Cut) -> Ruling | None:
    """Every output feature sees all input features."""
    weight = node.argument("weight")
    if weight is None or len(weight.shape) != 2:
        return None
    outs, last = weight.shape[0], len(node.output.shape) - 1
    everything = inputs["input"]._replace(parts=(entire(inputs["input"].size),) * cut.ways)
    return _weighted(node, Spread(last, outs, _dealt(node, outs, cut.ways)), everything)


def _dealt(node: Node, channels: int, ways: int) -> tuple[Ranges, ...]:
    if channels < ways:
        where = f"'{node.path}' ({node.op})" if node.path else node.op
        few = "one output channel, which cannot be split" if channels == 1 else f"only {channels} output channels"
        hint = "" if channels == 1 else f"; it can be split {channels} ways at most"
        raise UsageError(f"{where} has {few}, not enough for {ways} cards{hint}")
    return evenly(channels, ways)


def _weighted(node: Node, output: Spread, needed: Spread) -> Ruling:
    holds = {name: Spread(0, output.size, output.parts) for name in ("weight", "bias") if node.argument(name)}
    return Ruling(SPLIT, output, {"input": needed}, holds)


def _per_channel(node: Node, inputs: Inputs, cut: Cut) -> Ruling | None:
    """Each channel by figures of its own."""
    spread = inputs["input"]
    if spread.axis != CHANNELS or spread.whole:
        return None
    rows = {a.name: Spread(0, spread.size, spread.parts) for a in node.arguments if a.name not in inputs}
    return Ruling(OWN, spread, {"input": spread}, rows)


def _group_norm(node: Node, inputs: Inputs, cut: Cut) -> Ruling | None:
    """Mean and variance of a group take all its channels."""
    own = _per_channel(node, inputs, cut)
    if own is None:
        return None
    size = own.output.size // node.attributes["num_groups"]
    seen = own.output._replace(parts=tuple(times(grouped(part, size), size) for part in own.output.parts))
    return own._replace(how=OWN if seen == own.output else NEIGHBOURS, needs={"input": seen})


def _response(node: Node, inputs: Inputs, cut: Cut) -> Ruling | None:
    """⌊n/2⌋ channels before and ⌊(n − 1)/2⌋ after, as far as they exist; within a card's own, none of another's."""
    spread, n = inputs["input"], node.attributes["size"]
    if spread.axis != CHANNELS or spread.whole:
        return None
    if not cut.across:
        return Ruling(OWN, spread, {"input": spread}, {})
    seen = tuple(widened(part, n // 2, (n - 1) // 2, spread.size) for part in spread.parts)
    return Ruling(NEIGHBOURS, spread, {"input": spread._replace(parts=seen)}, {})


def _spatial(node: Node, inputs: Inputs, cut: Cut) -> Ruling | None:
    """Windows over positions, each channel by itself: (N, C, *) in and out."""
    spread = inputs["input"]
    batched = len(node.input.shape) > 2 and node.input.shape[:2] == node.output.shape[:2]
    if spread.axis != CHANNELS or spread.whole or not batched or len(inputs) > 1:
        return None
    dims = getattr(OPERATORS[node.op], "dims", len(node.input.shape) - 2)
    return Ruling(OWN, spread, {"input": spread}, {}) if len(node.input.shape) == dims + 2 else None


def _padded(node: Node, inputs: Inputs, cut: Cut) -> Ruling | None:
    """Of positions, not of channels."""
    pairs = node.attributes["pad"][2 * (len(node.input.shape) - 2) :]
    return None if any(pairs) else _spatial(node, inputs, cut)


def _pointwise(node: Node, inputs: Inputs, cut: Cut) -> Ruling | None:
    """A value is made of the values at its place; operands are repeated as torch repeats them."""
    rank, shape = len(node.output.shape), node.output.shape
    axes = {name: spread.axis + rank - len(_spec(node, name).shape) for name, spread in inputs.items()}
    led = next((name for name, spread in inputs.items() if not spread.whole and spread.size == shape[axes[name]]), None)
    if led is None:
        return None
    axis, size, parts = axes[led], inputs[led].size, inputs[led].parts

    def aligned(spec: TensorSpec) -> Spread | None:
        at = axis - rank + len(spec.shape)
        return Spread(at, size, parts) if at >= 0 and spec.shape[at] == size else None

    needs = {}
    for name, spread in inputs.items():
        own = aligned(_spec(node, name))
        fits = own is not None and (spread.whole or spread.axis == own.axis)
        needs[name] = own if own and fits else spread._replace(parts=(entire(spread.size),) * cut.ways)
    held = {a.name: own for a in node.arguments if a.name not in inputs and (own := aligned(a.spec))}
    return Ruling(OWN, Spread(axis, size, parts), needs, held)


def _spec(node: Node, name: str) -> TensorSpec:
    spec = node.argument(name)
    assert spec is not None
    return spec


def _prelu(node: Node, inputs: Inputs, cut: Cut) -> Ruling | None:
    """A slope for each channel, or one for all."""
    own = _per_channel(node, inputs, cut)
    weight = node.argument("weight")
    return own if own is None or weight is None or weight.numel > 1 else own._replace(holds={})


def _block(node: Node, inputs: Inputs, cut: Cut) -> Ruling | None:
    """The same values in the same order under another shape: a range of channels is a range of what they become."""
    spread, before, after = inputs["input"], node.input.shape, node.output.shape
    axis = spread.axis
    if spread.whole or before[:axis] != after[:axis] or len(after) <= axis:
        return None
    wide, narrow = prod(before[axis + 1 :]), prod(after[axis + 1 :])
    edges = [edge * wide for part in spread.parts for piece in part for edge in piece]
    if not narrow or any(edge % narrow for edge in edges):
        return None
    parts = tuple(joined((a * wide // narrow, b * wide // narrow) for a, b in part) for part in spread.parts)
    return Ruling(OWN, Spread(axis, after[axis], parts), {"input": spread}, {})


def _cat(node: Node, inputs: Inputs, cut: Cut) -> Ruling | None:
    """Along the channels, each tensor's after those of the tensors before it; along another dimension, side by side."""
    dim = node.attributes["dim"] % len(node.output.shape)
    led = next((spread for spread in inputs.values() if not spread.whole), None)
    if led is None or len(inputs) < len(node.arguments):
        return None
    if dim != led.axis:
        needs = {name: Spread(led.axis, led.size, led.parts) for name in inputs}
        fits = all(spread.whole or spread.axis == led.axis for spread in inputs.values())
        return Ruling(OWN, led, needs, {}) if fits else None
    return _behind(node, inputs, cut, dim)


def _behind(node: Node, inputs: Inputs, cut: Cut, dim: int) -> Ruling | None:
    start, needs = 0, {}
    parts: list[Ranges] = [()] * cut.ways
    for name, spread in inputs.items():
        along = everywhere(_spec(node, name), cut.ways, dim) if spread.whole else spread
        if along.axis != dim:
            return None
        parts = [joined((*part, *moved(own, start))) for part, own in zip(parts, along.parts, strict=True)]
        needs[name] = along
        start += along.size
    return Ruling(OWN, Spread(dim, start, tuple(parts)), needs, {})


def _mean(node: Node, inputs: Inputs, cut: Cut) -> Ruling | None:
    """Over positions: channels in front of every dimension that goes stay where they are."""
    spread, dim = inputs["input"], node.attributes["dim"]
    gone = [at % len(node.input.shape) for at in ((dim,) if isinstance(dim, int) else dim or ())]
    if spread.whole or not gone or min(gone) <= spread.axis:
        return None
    return Ruling(OWN, spread, {"input": spread}, {})


_BY_NAME: dict[frozenset[str], Rule] = {
    frozenset({"linear"}): _linear,
    frozenset({"local_response_norm"}): _response,
    frozenset({"group_norm"}): _group_norm,
    frozenset({"prelu"}): _prelu,
    frozenset({"cat"}): _cat,
    frozenset({"mean", "sum", "amax", "amin"}): _mean,
    frozenset({"pad"}): _padded,
    frozenset({"dropout", "clone", "detach"}): _pointwise,
    frozenset({"glu"}): lambda node, inputs, cut: None,  # halves of a dimension meet
    PER_CHANNEL: _per_channel,
    BLOCKS: _block,
}
_BY_CLASS: tuple[tuple[str, Rule], ...] = (
    ("Convolution", _convolution),
    ("Elementwise", _pointwise),
    ("AvgPool", _spatial),
    ("MaxPool", _spatial),
    ("AdaptivePool", _spatial),
    ("Upsample", _spatial),
)
