"""Products of three tensors and more: chains of matrices, bilinear layers."""

from collections.abc import Mapping
from math import prod
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size
from netstat.ops.base import Operator, Product, Specs, operator, refuse_rank, traffic
from netstat.ops.contraction import sums_of_products
from netstat.ops.einsum import meetings
from netstat.ops.matrices import refuse_unlike
from netstat.ops.spelling import one_list, without
from netstat.units import shape as shape_text


@operator
class MultiDot(Operator):
    """A chain of matrices, multiplied in the order that takes the fewest multiplications; of equals, fewest additions.

    y = A₁ · A₂ · … · A_n

    MACs: r·K·c per product of an (r, K) by a (K, c) matrix. A vector at the beginning is one row, at the end one
    column. A single matrix is itself. Source: torch.linalg.multi_dot, torch.chain_matmul.
    """

    name = "multi_dot"
    family = "matrix product"
    torch = ("torch.linalg.multi_dot", "torch.chain_matmul")
    tensors = ("tensors",)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(*one_list(args, without(kwargs, "out")))

    @staticmethod
    def shape(tensors: list[TensorSpec]) -> Specs:
        sizes = _chain(tensors)
        ends = [size for spec, size in ((tensors[0], sizes[0]), (tensors[-1], sizes[-1])) if len(spec.shape) == 2]
        return (TensorSpec(tuple(ends) if len(tensors) > 1 else tensors[0].shape, tensors[0].dtype),)

    @classmethod
    def cost(cls, tensors: list[TensorSpec]) -> Cost:
        if len(tensors) == 1:
            return Cost()
        moved = Cost(**traffic(tensors, cls.shape(tensors)))
        return sum((product for _, _, product in _best_order(_chain(tensors))), moved)

    @classmethod
    def products(cls, tensors: list[TensorSpec]) -> tuple[Product, ...]:
        names = [f"tensors.{i}" for i in range(len(tensors))]
        return tuple(
            Product(product.macs, tuple(names[left]), tuple(names[right]))
            for left, right, product in _best_order(_chain(tensors))
        )


def _chain(tensors: list[TensorSpec]) -> tuple[Size, ...]:
    """The sizes s₀, s₁, s₂, … of a chain of matrices (s₀, s₁), (s₁, s₂), …, one more than there are."""
    last = len(tensors) - 1
    for i, spec in enumerate(tensors):
        refuse_rank(spec, (1, 2) if i in (0, last) else (2,), "(n, m)")
    first = tensors[0].shape if len(tensors[0].shape) == 2 else (1, *tensors[0].shape)
    sizes = list(first)
    for i, spec in enumerate(tensors[1:], 1):
        refuse_unlike(f"columns of matrix {i} and rows of matrix {i + 1}", sizes[-1], spec.shape[0])
        sizes.append(spec.shape[1] if len(spec.shape) == 2 else 1)
    return tuple(sizes)


Bracket = tuple[slice, slice, Cost]


def _best_order(sizes: tuple[Size, ...]) -> list[Bracket]:
    """Which matrices of the chain meet which, and the cost of each product: the cheapest of all orders."""
    best: dict[tuple[int, int], list[Bracket]] = {(i, i + 1): [] for i in range(len(sizes) - 1)}
    for length in range(2, len(sizes)):
        for i in range(len(sizes) - length):
            j = i + length
            orders = [
                [*best[i, k], *best[k, j], (slice(i, k), slice(k, j), _product(sizes[i], sizes[k], sizes[j]))]
                for k in range(i + 1, j)
            ]
            best[i, j] = min(orders, key=_work)
    return best[0, len(sizes) - 1]


def _product(rows: Size, terms: Size, columns: Size) -> Cost:
    return sums_of_products(rows * columns, terms)


def _work(order: list[Bracket]) -> tuple[Size, Size]:
    return sum(product.macs for *_, product in order), sum(product.adds for *_, product in order)


@operator
class Bilinear(Operator):
    """R rows (every dimension but the last) of I₁ and I₂ features, O outputs.

    y[r, o] = b[o] + Σ_j (Σ_i x₁[r, i] · w[o, i, j]) · x₂[r, j]

    Parameters: O·I₁·I₂ weights, and O biases. x₁ meets the weights first, as in torch:
    MACs: R·O·(I₁·I₂ + I₂). One addition per output value for the bias.

    Inputs (*, I₁) and (*, I₂), weight (O, I₁, I₂). Source: torch.nn.Bilinear.
    """

    name = "bilinear"
    family = "fully connected"
    torch = ("torch.nn.functional.bilinear",)
    tensors = ("input1", "input2", "weight", "bias")

    @staticmethod
    def shape(input1: TensorSpec, input2: TensorSpec, weight: TensorSpec, bias: TensorSpec | None = None) -> Specs:
        for input in (input1, input2):
            if not input.shape:
                raise ShapeError("needs inputs with at least 1 dimension, got a single value")
        if input1.shape[:-1] != input2.shape[:-1]:
            raise ShapeError(f"rows of the inputs differ: {shape_text(input1.shape)} and {shape_text(input2.shape)}")
        refuse_rank(weight, (3,), "(O, I1, I2)")
        outs = weight.shape[0]
        refuse_unlike("features of the first input and of the weight", input1.shape[-1], weight.shape[1])
        refuse_unlike("features of the second input and of the weight", input2.shape[-1], weight.shape[2])
        if bias is not None and bias.shape != (outs,):
            raise ShapeError(f"needs {outs} biases, got {shape_text(bias.shape)}")
        return (TensorSpec((*input1.shape[:-1], outs), input1.dtype),)

    @classmethod
    def cost(cls, input1: TensorSpec, input2: TensorSpec, weight: TensorSpec, bias: TensorSpec | None = None) -> Cost:
        made = cls.shape(input1, input2, weight, bias)
        moved = traffic((input1, input2, weight, bias), made)
        added = made[0].numel if bias is not None else 0
        return sum(cls._steps(input1, input2, weight), Cost(adds=added, **moved))

    @classmethod
    def _steps(cls, input1: TensorSpec, input2: TensorSpec, weight: TensorSpec) -> tuple[Cost, Cost]:
        """First input by weights, and that by the second input."""
        outs = prod(input1.shape[:-1]) * weight.shape[0]
        first, second = weight.shape[1:]
        return sums_of_products(outs * second, first), sums_of_products(outs, second)

    @classmethod
    def products(cls, input1: TensorSpec, input2: TensorSpec, weight: TensorSpec, **bias: Any) -> tuple[Product, ...]:
        return meetings(cls._steps(input1, input2, weight), ("input1", "weight", "input2"))

    @staticmethod
    def params(
        in1_features: int, in2_features: int, out_features: int, bias: bool = True
    ) -> dict[str, tuple[int, ...]]:
        """Shapes of the layer's parameters by name."""
        weight = (out_features, in1_features, in2_features)
        return {"weight": weight, "bias": (out_features,)} if bias else {"weight": weight}
