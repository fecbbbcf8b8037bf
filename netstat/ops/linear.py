"""Fully connected layers."""

from typing import ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.sight import Sight


@operator
class Linear(Operator):
    """R rows (every dimension but the last), I input features, O output features.

    y[r, o] = b[o] + Σ_i w[o, i] · x[r, i]

    Parameters: I·O weights, and O biases: a convolution with a 1×1 kernel.
    MACs: R·I·O. Each output value takes I multiplications, I − 1 additions, and one for the bias.

    Input (*, I), weight (O, I) or (I,). Source: torch.nn.Linear.
    """

    name = "linear"
    family = "fully connected"
    torch = ("torch.nn.functional.linear",)
    tensors = ("input", "weight", "bias")
    letters: ClassVar[dict[str, str]] = {
        "input": "I | R? I | d_0? R? I | d_0? d_1? R? I",
        "weight": "O I",
        "bias": "O",
    }

    @staticmethod
    def shape(input: TensorSpec, weight: TensorSpec, bias: TensorSpec | None = None) -> Specs:
        features = input.shape[-1] if input.shape else 0
        if features != weight.shape[-1]:
            raise ShapeError(f"needs {weight.shape[-1]} input features, got {features}")
        if bias is not None and bias.shape not in ((1,), weight.shape[:-1]):
            raise ShapeError(f"needs {weight.shape[0]} biases, got {bias.numel}")
        return (TensorSpec((*input.shape[:-1], *weight.shape[:-1]), input.dtype),)

    @staticmethod
    def cost(input: TensorSpec, weight: TensorSpec, bias: TensorSpec | None = None) -> Cost:
        (output,) = Linear.shape(input, weight, bias)
        macs = output.numel * weight.shape[-1]
        adds = macs if bias is not None else macs - output.numel
        return Cost(macs=macs, multiplies=macs, adds=adds, **traffic((input, weight, bias), (output,)))

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        last = len(operand.spec.shape) - 1
        following = [(at, None) for at in range(last)]
        new = [None] * (len(node.output.shape) - last)
        return Sight((*following, *new), (last,)) if operand.name == "input" and last >= 0 else None

    @staticmethod
    def params(in_features: int, out_features: int, bias: bool = True) -> dict[str, tuple[int, ...]]:
        """Shapes of the layer's parameters by name."""
        weight = (out_features, in_features)
        return {"weight": weight, "bias": (out_features,)} if bias else {"weight": weight}
