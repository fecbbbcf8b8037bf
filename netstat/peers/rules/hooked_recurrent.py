"""What a counter makes of recurrent layers that hooks their very classes: operations, on top of twice our MACs."""

from collections.abc import Iterator
from typing import NamedTuple

from netstat.conventions import Called
from netstat.cost import Cost
from netstat.graph import TORCH, Node
from netstat.peers.rules.replaced_products import is_recurrent

_GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
# A sum; reset, three sums, and (1 − z)·n + z·h; four sums, f·c + i·g, and o·tanh with two more.
_PER_HIDDEN = {"RNN": 1, "GRU": 1 + 3 + 3, "LSTM": 4 + 3 + 3}
_HOOKED = frozenset(_GATES) | frozenset(f"{name}Cell" for name in _GATES)


def not_hooked(node: Node, cost: Cost) -> int:
    """Subclasses, and the functions by themselves."""
    return -2 * cost.macs if is_recurrent(node) and not (node.stock and node.module in _HOOKED) else 0


class _Layer(NamedTuple):
    """Elements of the weights of one layer and direction, and how many values its gates and its states have."""

    weights: int
    projection: int
    gates: int
    states: int
    biases: int

    @property
    def operations(self) -> int:
        """That one row is counted as."""
        return 2 * self.weights - 2 * self.gates + self.biases + self.states


def _layers(called: Called) -> Iterator[_Layer]:
    """Every layer and direction; the second direction is taken for as large as the first."""
    kind = called.call.module.kind.removesuffix("Cell")
    for name, weight in called.params.items():
        if not name.startswith("weight_ih"):
            continue
        suffix = name.removeprefix("weight_ih")
        gates = weight.spec.shape[0]
        hidden, back = called.params[f"weight_hh{suffix}"], called.params.get(f"weight_hr{suffix}")
        yield _Layer(
            weight.spec.numel + hidden.spec.numel,
            back.spec.numel if back else 0,
            gates,
            _PER_HIDDEN[kind] * gates // _GATES[kind],
            2 * gates if f"bias_ih{suffix}" in called.params else 0,
        )


def _hooked(called: Called) -> list[_Layer]:
    """Its layers, none of a module without a hook."""
    module = called.call.module
    return list(_layers(called)) if module.home == TORCH and module.kind in _HOOKED and called.call.inputs else []


def _rows(called: Called) -> int:
    """Time steps of all sequences."""
    return called.call.inputs[0].numel // called.call.inputs[0].shape[-1]


def less_one(called: Called) -> int:
    return -sum(2 * layer.gates * _rows(called) for layer in _hooked(called))


def biases(called: Called) -> int:
    return sum(layer.biases * _rows(called) for layer in _hooked(called))


def states(called: Called) -> int:
    return sum(layer.states * _rows(called) for layer in _hooked(called))


def projection(called: Called) -> int:
    return -sum(2 * layer.projection * _rows(called) for layer in _hooked(called))


def without_batch(called: Called) -> int:
    """Rows are the product of the first two sizes."""
    layers = _hooked(called)
    if not layers or called.call.module.kind.endswith("Cell"):
        return 0
    first, second, *_ = called.call.inputs[0].shape
    return sum(layer.operations * (first * second - _rows(called)) for layer in layers)
