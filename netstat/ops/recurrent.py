"""Recurrent layers: a cell at every time step, in layers and directions."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from math import prod
from typing import Any, ClassVar, NamedTuple

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size
from netstat.ops.base import Operator, Product, Specs, operator, refuse_rank, traffic
from netstat.ops.cells import (
    Cell,
    GruCell,
    LstmCell,
    RnnReluCell,
    RnnTanhCell,
    State,
    hidden_name,
    refuse_weights,
    states,
)
from netstat.ops.contraction import sums_of_products
from netstat.ops.spelling import renamed
from netstat.units import shape as shape_text

# Padded sequences come in one tensor; packed ones as all their rows, and how many of them each time step has.
PACKED = ("input", "batch_sizes", "hx", "params", "has_biases", "num_layers", "dropout", "train", "bidirectional")

Names = tuple[str, ...]


class Run(NamedTuple):
    """One layer in one direction: index of its first parameter, and its weights."""

    first: int
    w_ih: TensorSpec
    w_hh: TensorSpec
    biases: Sequence[TensorSpec]
    w_hr: TensorSpec | None

    @property
    def names(self) -> list[str]:
        """What its parameters are called in a graph."""
        count = 2 + len(self.biases) + (self.w_hr is not None)
        return [f"params.{self.first + i}" for i in range(count)]

    @property
    def width(self) -> Size:
        """Features of its output."""
        return self.w_hh.shape[1]


class Recurrent(Operator):
    """R rows: time steps of all sequences; L layers of D directions, H hidden features, P projected ones.

    Each row of each layer and direction is a step of the cell, whose equation and counts hold (see `Cell`), with I the
    input features, in later layers D·H. An LSTM may project its hidden state: h' = W_hr (o ⊙ tanh c'), then P stands
    for H wherever the hidden state comes in.
    MACs: R·Σ G·H·(I + H) over layers and directions, projected R·Σ (G·H·(I + P) + H·P). The zeros a hidden state may
    begin with are multiplied like any other. Dropout between layers, in training and where it is not 0: one comparison
    and one multiplication for every output value of every layer but the last.

    Input (T, N, I), (N, T, I) if batch_first, or packed (R, I) with the rows per time step in `batch_sizes`; hx
    (L·D, N, H), for an LSTM that and the cell state; parameters as torch lists them: w_ih, w_hh, b_ih, b_hh, w_hr.
    """

    family = "recurrent"
    tensors = ("input", "hx", "params", "batch_sizes")
    meanings: ClassVar[dict[str, str]] = {"L": "time steps", "H": "hidden features"}
    cell: ClassVar[type[Cell]]

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        packed = "data" in kwargs or (len(args) > 3 and isinstance(args[3], (list, tuple)))
        if not packed:
            return super().bind(args, kwargs)
        return super().bind((), {**dict(zip(PACKED, args, strict=False)), **renamed(kwargs, data="input")})

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        hx: State,
        params: Sequence[TensorSpec],
        has_biases: bool,
        num_layers: int,
        dropout: float,
        train: bool,
        bidirectional: bool,
        batch_first: bool = False,
        batch_sizes: TensorSpec | None = None,
    ) -> Specs:
        layers = list(_layers(params, has_biases, num_layers, bidirectional))
        cls._check(input, hx, layers, batch_sizes)
        wanted = cls._state_shapes(layers, _batch(input, hx, batch_first, batch_sizes))
        for state, sizes in zip(states(hx), wanted, strict=False):
            if state.shape != sizes:
                raise ShapeError(f"needs a state of {shape_text(sizes)}, got {shape_text(state.shape)}")
        output = (*input.shape[:-1], layers[0][0].width * len(layers[0]))
        return (TensorSpec(output, input.dtype), *(TensorSpec(state.shape, input.dtype) for state in states(hx)))

    @classmethod
    def _check(
        cls, input: TensorSpec, hx: State, layers: Sequence[Sequence[Run]], batch_sizes: TensorSpec | None
    ) -> None:
        if batch_sizes is None:
            refuse_rank(input, (3,), "(T, N, I)")
        else:
            refuse_rank(input, (2,), "packed (R, I)")
        for state in states(hx):
            refuse_rank(state, (3,), "state (L·D, N, H)")
        features = input.shape[-1]
        for layer in layers:
            for run in layer:
                refuse_weights(cls.cell.gates, features, run.w_ih, run.w_hh, run.biases)
            features = layer[0].width * len(layer)

    @classmethod
    def _state_shapes(cls, layers: Sequence[Sequence[Run]], batch: Size) -> tuple[tuple[Size, ...], ...]:
        """Of the hidden and of the cell state, which is not projected."""
        run, count = layers[0][0], len(layers) * len(layers[0])
        return (count, batch, run.width), (count, batch, run.w_ih.shape[0] // cls.cell.gates)

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        hx: State,
        params: Sequence[TensorSpec],
        has_biases: bool,
        num_layers: int,
        dropout: float,
        train: bool,
        bidirectional: bool,
        batch_first: bool = False,
        batch_sizes: TensorSpec | None = None,
    ) -> Cost:
        made = cls.shape(
            input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first, batch_sizes
        )
        rows = prod(input.shape[:-1])
        total = Cost(**traffic((input, *states(hx), *params, batch_sizes), made))
        for run in chain(*_layers(params, has_biases, num_layers, bidirectional)):
            total += cls.cell.step(rows, run.w_ih, run.w_hh, len(run.biases)) + _projection(rows, run)
        dropped = made[0].numel * (num_layers - 1) if train and dropout else 0
        return total + Cost(multiplies=dropped, compares=dropped)

    @classmethod
    def products(
        cls,
        input: TensorSpec,
        hx: State,
        params: Sequence[TensorSpec],
        has_biases: bool,
        num_layers: int,
        dropout: float,
        train: bool,
        bidirectional: bool,
        batch_first: bool = False,
        batch_sizes: TensorSpec | None = None,
    ) -> tuple[Product, ...]:
        rows, batch = prod(input.shape[:-1]), _batch(input, hx, batch_first, batch_sizes)
        found: list[Product] = []
        given: Names = ("input",)
        for layer in _layers(params, has_biases, num_layers, bidirectional):
            for run in layer:
                found += cls._meetings(run, given, hx, rows, batch)
            names = (name for run in layer for name in run.names)
            given = tuple(dict.fromkeys((*given, *_state_names(hx), *names)))
        return tuple(product for product in found if product.macs)

    @classmethod
    def _meetings(cls, run: Run, given: Names, hx: State, rows: Size, batch: Size) -> Iterator[Product]:
        """Its input, made of `given`, meets w_ih; w_hh at first the state handed in, then what the run itself made."""
        from_input, _ = cls.cell.sums(rows, run.w_ih, run.w_hh)
        _, at_first = cls.cell.sums(batch, run.w_ih, run.w_hh)
        _, later = cls.cell.sums(rows - batch, run.w_ih, run.w_hh)
        w_ih, w_hh, *_ = run.names
        made = (*given, *(name for name in _state_names(hx) if name not in given), *run.names)
        yield Product(from_input.macs, given, (w_ih,))
        yield Product(at_first.macs, (hidden_name(hx),), (w_hh,))
        yield Product(later.macs, made, (w_hh,))
        yield Product(_projection(rows, run).macs, made, (run.names[-1],))


def _letters(gates: int, layers: int = 8) -> dict[str, str]:
    """Patterns for layers in one direction, with biases; of other calls the rules are explained in numbers."""
    values = f"{gates}H"
    own = (f"{values} I", f"{values} H", values, values)
    deeper = (f"{values} H", *own[1:])
    params = {f"params.{i}": (own if i < len(own) else deeper)[i % len(own)] for i in range(len(own) * layers)}
    return {"input": "L N? I", **dict.fromkeys(("hx", "hx.0", "hx.1"), "N? H"), **params}


def _state_names(hx: State) -> Names:
    return ("hx",) if isinstance(hx, TensorSpec) else tuple(f"hx.{i}" for i in range(len(hx)))


def _layers(
    params: Sequence[TensorSpec], has_biases: bool, num_layers: int, bidirectional: bool
) -> Iterator[list[Run]]:
    """The runs of each layer, from the list of all parameters."""
    biases, directions = (2 if has_biases else 0), (2 if bidirectional else 1)
    count = len(params) // (num_layers * directions)
    if len(params) % (num_layers * directions) or count - biases not in (2, 3):
        wanted = num_layers * directions * (2 + biases)
        raise ShapeError(f"needs {wanted} parameters for {num_layers} layers, got {len(params)}")
    for layer in range(num_layers):
        firsts = [(layer * directions + direction) * count for direction in range(directions)]
        yield [_run(first, params[first : first + count], biases) for first in firsts]


def _run(first: int, own: Sequence[TensorSpec], biases: int) -> Run:
    w_ih, w_hh, *rest = own
    return Run(first, w_ih, w_hh, rest[:biases], rest[biases] if len(rest) > biases else None)


def _projection(rows: Size, run: Run) -> Cost:
    """Projection of the hidden state, if there is one."""
    return sums_of_products(rows * run.w_hr.shape[0], run.w_hr.shape[1]) if run.w_hr is not None else Cost()


def _batch(input: TensorSpec, hx: State, batch_first: bool, batch_sizes: TensorSpec | None) -> Size:
    """How many sequences there are."""
    return states(hx)[0].shape[1] if batch_sizes is not None else input.shape[0 if batch_first else 1]


@operator
class Lstm(Recurrent):
    """Steps of `LstmCell`; rules as for `Recurrent`. Source: torch.nn.LSTM; projection: Sak et al. 2014."""

    name = "lstm"
    torch = ("torch.lstm",)
    letters: ClassVar[dict[str, str]] = _letters(4)
    cell = LstmCell


@operator
class Gru(Recurrent):
    """Steps of `GruCell`; rules as for `Recurrent`. Source: torch.nn.GRU."""

    name = "gru"
    torch = ("torch.gru",)
    letters: ClassVar[dict[str, str]] = _letters(3)
    cell = GruCell


@operator
class RnnTanh(Recurrent):
    """Steps of `RnnTanhCell`; rules as for `Recurrent`. Source: torch.nn.RNN."""

    name = "rnn_tanh"
    torch = ("torch.rnn_tanh",)
    letters: ClassVar[dict[str, str]] = _letters(1)
    cell = RnnTanhCell


@operator
class RnnRelu(Recurrent):
    """Steps of `RnnReluCell`; rules as for `Recurrent`. Source: torch.nn.RNN with nonlinearity='relu'."""

    name = "rnn_relu"
    torch = ("torch.rnn_relu",)
    letters: ClassVar[dict[str, str]] = _letters(1)
    cell = RnnReluCell
