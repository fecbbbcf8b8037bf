"""Recurrent cells: one step of a recurrent layer."""

from collections.abc import Sequence
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size, certainly
from netstat.ops.base import Operator, Product, Specs, operator, refuse_rank, traffic
from netstat.ops.contraction import sums_of_products
from netstat.ops.pointwise import Relu, Sigmoid, Tanh
from netstat.units import shape as shape_text

State = Any  # the hidden state, or for an LSTM the list of hidden and cell state


class Cell(Operator):
    """R rows, I input features, H hidden features, h the hidden state before, G gates.

    Parameters: G·H·I weights of the input, G·H·H of the hidden state, and two times G·H biases.
    MACs: R·G·H·(I + H). A gate value adds up its two sums of products and the two biases; what follows is counted as
    the equations have it, a sigmoid and a hyperbolic tangent as in `Sigmoid` and `Tanh`.
    """

    family = "recurrent"
    tensors = ("input", "hx", "w_ih", "w_hh", "b_ih", "b_hh")
    meanings: ClassVar[dict[str, str]] = {"R": "rows", "H": "hidden features"}
    gates: ClassVar[int]
    each: ClassVar[Cost]  # what is done with the gates of one hidden value

    @classmethod
    def sums(cls, rows: Size, w_ih: TensorSpec, w_hh: TensorSpec) -> tuple[Cost, Cost]:
        """Weights times input, and weights times hidden state."""
        outputs = rows * w_ih.shape[0]
        return sums_of_products(outputs, w_ih.shape[1]), sums_of_products(outputs, w_hh.shape[1])

    @classmethod
    def step(cls, rows: Size, w_ih: TensorSpec, w_hh: TensorSpec, biases: int) -> Cost:
        """Arithmetic of a step of `rows` rows: gates of two sums and up to two biases, and the work on them."""
        gates = rows * w_ih.shape[0]
        work: Cost = cls.each * (rows * (w_ih.shape[0] // cls.gates))
        return sum(cls.sums(rows, w_ih, w_hh), Cost(adds=gates * (1 + biases))) + work

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        hx: State,
        w_ih: TensorSpec,
        w_hh: TensorSpec,
        b_ih: TensorSpec | None = None,
        b_hh: TensorSpec | None = None,
    ) -> Specs:
        refuse_rank(input, (2,), "(N, I)")
        refuse_weights(cls.gates, input.shape[-1], w_ih, w_hh, (b_ih, b_hh))
        wanted = (input.shape[0], w_hh.shape[1])
        for state in states(hx):
            if state.shape != wanted:
                raise ShapeError(f"needs a state of {shape_text(wanted)}, got {shape_text(state.shape)}")
        return tuple(TensorSpec(wanted, input.dtype) for _ in states(hx))

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        hx: State,
        w_ih: TensorSpec,
        w_hh: TensorSpec,
        b_ih: TensorSpec | None = None,
        b_hh: TensorSpec | None = None,
    ) -> Cost:
        made = cls.shape(input, hx, w_ih, w_hh, b_ih, b_hh)
        biases = sum(bias is not None for bias in (b_ih, b_hh))
        moved = traffic((input, *states(hx), w_ih, w_hh, b_ih, b_hh), made)
        return cls.step(input.shape[0], w_ih, w_hh, biases) + Cost(**moved)

    @classmethod
    def products(
        cls, input: TensorSpec, hx: State, w_ih: TensorSpec, w_hh: TensorSpec, **rest: Any
    ) -> tuple[Product, ...]:
        from_input, from_hidden = cls.sums(input.shape[0], w_ih, w_hh)
        hidden = hidden_name(hx)
        return Product(from_input.macs, ("input",), ("w_ih",)), Product(from_hidden.macs, (hidden,), ("w_hh",))


def _letters(gates: int) -> dict[str, str]:
    """Patterns for the tensors of a cell of so many gates."""
    values = f"{gates}H"
    sizes = {"input": "R? I", **dict.fromkeys(("hx", "hx.0", "hx.1"), "R? H")}
    return sizes | {"w_ih": f"{values} I", "w_hh": f"{values} H", "b_ih": values, "b_hh": values}


def states(hx: State) -> Sequence[TensorSpec]:
    """The hidden state, and the cell state where there is one."""
    return (hx,) if isinstance(hx, TensorSpec) else tuple(hx)


def hidden_name(hx: State) -> str:
    """What the argument of the hidden state is called in a graph."""
    return "hx" if isinstance(hx, TensorSpec) else "hx.0"


def refuse_weights(
    gates: int, features: Size, w_ih: TensorSpec, w_hh: TensorSpec, biases: Sequence[TensorSpec | None]
) -> None:
    """Raise ShapeError unless these are the weights of so many gates on so many input features."""
    if features != w_ih.shape[1]:
        raise ShapeError(f"needs {w_ih.shape[1]} input features, got {features}")
    values = w_ih.shape[0]
    if values != w_hh.shape[0] or certainly(values % gates > 0):
        raise ShapeError(f"weights of {values} and {w_hh.shape[0]} gate values are not {gates} gates")
    for bias in biases:
        if bias is not None and bias.shape != (values,):
            raise ShapeError(f"needs {values} biases, got {shape_text(bias.shape)}")


@operator
class LstmCell(Cell):
    """c the cell state before; rules as for `Cell`, with four gates.

    i, f, o = σ(W x + b + U h + d), g = tanh(W x + b + U h + d), each with weights of its own
    c' = f ⊙ c + i ⊙ g, h' = o ⊙ tanh c'

    Per hidden value: three sigmoids, two hyperbolic tangents, three multiplications, one addition. Source:
    torch.nn.LSTMCell; Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    """

    name = "lstm_cell"
    torch = ("torch.lstm_cell",)
    letters: ClassVar[dict[str, str]] = _letters(4)
    gates = 4
    each = 3 * Sigmoid.each + 2 * Tanh.each + Cost(multiplies=3, adds=1)


@operator
class GruCell(Cell):
    """Rules as for `Cell`, with three gates.

    r, z = σ(W x + b + U h + d), n = tanh(W x + b + r ⊙ (U h + d)), each with weights of its own
    h' = (1 − z) ⊙ n + z ⊙ h

    Per hidden value: two sigmoids, one hyperbolic tangent, three multiplications, two additions. Source:
    torch.nn.GRUCell; Cho et al. 2014, with torch's place for r.
    """

    name = "gru_cell"
    torch = ("torch.gru_cell",)
    letters: ClassVar[dict[str, str]] = _letters(3)
    gates = 3
    each = 2 * Sigmoid.each + Tanh.each + Cost(multiplies=3, adds=2)


@operator
class RnnTanhCell(Cell):
    """h' = tanh(W x + b + U h + d); rules as for `Cell`, with one gate.

    Source: torch.nn.RNNCell; Elman 1990.
    """

    name = "rnn_tanh_cell"
    torch = ("torch.rnn_tanh_cell",)
    letters: ClassVar[dict[str, str]] = _letters(1)
    gates = 1
    each = Tanh.each


@operator
class RnnReluCell(Cell):
    """h' = max(0, W x + b + U h + d); rules as for `Cell`, with one gate.

    Source: torch.nn.RNNCell.
    """

    name = "rnn_relu_cell"
    torch = ("torch.rnn_relu_cell",)
    letters: ClassVar[dict[str, str]] = _letters(1)
    gates = 1
    each = Relu.each
