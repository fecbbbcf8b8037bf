"""What the hooks of ptflops make of a module call: each part of a figure, 0 for a class it does not count for."""

import re
from collections.abc import Callable
from math import prod

from netstat.conventions import Called
from netstat.graph import TORCH, Node, TensorSpec

Part = Callable[[Called], int]

ACTIVATIONS = frozenset({"ReLU", "PReLU", "ELU", "LeakyReLU", "ReLU6", "GELU"})
POOLS = frozenset(f"{kind}Pool{d}d" for kind in ("Max", "Avg", "AdaptiveMax", "AdaptiveAvg") for d in (1, 2, 3))
NORMS = frozenset({f"{kind}Norm{d}d" for kind in ("Batch", "Instance") for d in (1, 2, 3)} | {"GroupNorm"})
CONVOLUTIONS = {f"Conv{d}d": f"conv{d}d" for d in (1, 2, 3)}
CONVOLUTIONS |= {f"ConvTranspose{d}d": f"conv_transpose{d}d" for d in (1, 2, 3)}
CELLS = {"RNNCell": ("rnn_tanh_cell", "rnn_relu_cell"), "GRUCell": ("gru_cell",), "LSTMCell": ("lstm_cell",)}
SEQUENCES = {"RNN": ("rnn_tanh", "rnn_relu"), "GRU": ("gru",), "LSTM": ("lstm",)}
# Layers of torch.nn whose products a hook counts, with the operators that they run.
PRODUCTS = {kind: (op,) for kind, op in CONVOLUTIONS.items()} | {"Linear": ("linear",)} | CELLS | SEQUENCES

_GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
# One addition; reset, three additions, (1 − z)·n + z·h; four additions, f·c + i·g, and three more.
_PER_HIDDEN = {"RNN": 1, "GRU": 7, "LSTM": 10}


def of_kind(called: Called, kinds: object) -> bool:
    """Whether it is a call, its input given by position, of exactly one of these classes of torch.nn."""
    module = called.call.module
    return module.home == TORCH and module.kind in kinds and bool(called.call.inputs)  # type: ignore[operator]


def given(called: Called) -> TensorSpec:
    return called.call.inputs[0]


def returned(called: Called) -> TensorSpec:
    return called.call.outputs[0]


def own_node(called: Called, *ops: str) -> Node | None:
    """The first call of one of these operators in the module's own forward."""
    own = (node for node in called.nodes if node.path == called.call.module.path)
    return next((node for node in own if node.op in ops), None)


def _where(kinds: object, figure: Part) -> Part:
    return lambda called: figure(called) if of_kind(called, kinds) else 0


# Value by value.

activations = _where(ACTIVATIONS, lambda called: returned(called).numel)
pools = _where(POOLS, lambda called: given(called).numel)
norms = _where({*NORMS, "LayerNorm"}, lambda called: given(called).numel)
# A layer norm has no attribute of the name that is asked for.
affine_norms = _where(NORMS, lambda called: given(called).numel if "weight" in called.params else 0)
upsampling = _where({"Upsample"}, lambda called: prod(returned(called).shape[1:]))

# Convolutions and linear layers.


def _kernel(called: Called) -> tuple[Node, TensorSpec] | None:
    node = own_node(called, *PRODUCTS[called.call.module.kind])
    weight = node.argument("weight") if node else None
    return (node, weight) if node and weight else None


def _convolution_products(called: Called) -> int:
    """Per position, dimension 0 of the input taken for the batch and those from 2 for the positions."""
    if not (found := _kernel(called)):
        return 0
    at = given(called) if "transpose" in found[0].op else returned(called)
    return given(called).shape[0] * prod(at.shape[2:]) * prod(found[1].shape)


def _true_convolution_products(called: Called) -> int:
    if not (found := _kernel(called)):
        return 0
    node, weight = found
    at = node.input if "transpose" in node.op else node.output  # with as many channels as the weight begins with
    return at.numel // weight.shape[0] * prod(weight.shape)


def _convolution_bias(called: Called) -> int:
    found = _kernel(called)
    biased = found and found[0].argument("bias")
    return given(called).shape[0] * prod(returned(called).shape[1:]) if biased else 0


def _linear_products(called: Called) -> int:
    return given(called).numel * returned(called).shape[-1]


def _linear_bias(called: Called) -> int:
    found = _kernel(called)
    rows = prod(given(called).shape[:-1])
    return rows * returned(called).shape[-1] if found and found[0].argument("bias") else 0


convolution_products = _where(CONVOLUTIONS, _convolution_products)
misread_batch = _where(CONVOLUTIONS, lambda called: _convolution_products(called) - _true_convolution_products(called))
convolution_bias = _where(CONVOLUTIONS, _convolution_bias)
linear_products = _where({"Linear"}, _linear_products)
linear_bias = _where({"Linear"}, _linear_bias)

# Recurrent layers: rows, through every layer and direction.


def _gated(called: Called) -> str:
    return called.call.module.kind.removesuffix("Cell")


def _rows(called: Called) -> int:
    """Sequences by steps, dimensions 0 and 1; of a cell, dimension 0."""
    return prod(given(called).shape[: 1 if called.call.module.kind in CELLS else 2])


def _true_rows(called: Called) -> int:
    return prod(given(called).shape[:-1])


def _ways(called: Called) -> int:
    return 2 if any(name.endswith("_reverse") for name in called.params) else 1


def _forward(called: Called, stem: str) -> list[TensorSpec]:
    """Parameters of a kind, of every layer, in the forward direction: the other is taken to be like it."""
    names = [name for name in called.params if re.fullmatch(rf"{stem}(_l\d+)?", name)]
    return [called.params[name].spec for name in names]


def _products_per_row(called: Called) -> int:
    weights = [*_forward(called, "weight_ih"), *_forward(called, "weight_hh")]
    return _ways(called) * sum(weight.numel for weight in weights)


def _biases_per_row(called: Called) -> int:
    biases = [*_forward(called, "bias_ih"), *_forward(called, "bias_hh")]
    return _ways(called) * sum(bias.numel for bias in biases)


def _gates_per_row(called: Called) -> int:
    layers = _forward(called, "weight_ih")
    kind = _gated(called)
    return _ways(called) * sum(layer.shape[0] // _GATES[kind] * _PER_HIDDEN[kind] for layer in layers)


def _projection_per_row(called: Called) -> int:
    return _ways(called) * sum(weight.numel for weight in _forward(called, "weight_hr"))


_RECURRENT = {**CELLS, **SEQUENCES}
recurrent_products = _where(_RECURRENT, lambda called: _rows(called) * _products_per_row(called))
misread_rows = _where(_RECURRENT, lambda called: (_rows(called) - _true_rows(called)) * _products_per_row(called))
projection = _where({"LSTM"}, lambda called: -_true_rows(called) * _projection_per_row(called))
recurrent_biases = _where(_RECURRENT, lambda called: _rows(called) * _biases_per_row(called))
gates = _where(_RECURRENT, lambda called: _rows(called) * _gates_per_row(called))
