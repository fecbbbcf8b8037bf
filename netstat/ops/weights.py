"""Weights in another parametrisation: a direction and its length."""

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.magnitudes import norm
from netstat.units import shape as shape_text


class Direction(Operator):
    """A weight v of n values in R rows, those of one index of `dim` (one row for −1), and R lengths g.

    w = v · (g / ‖v‖),  ‖v‖ = √Σ v² of the row

    Per value: a multiplication for the square and one by the row's g / ‖v‖. Per row of F: F − 1 additions, a root, a
    division.
    """

    family = "normalisation"
    tensors = ("v", "g")

    @classmethod
    def shape(cls, v: TensorSpec, g: TensorSpec, dim: int = 0) -> Specs:
        lengths = NormExceptDim.shape(v, 2, dim)[0]
        if g.numel != lengths.numel:
            raise ShapeError(f"needs {shape_text(lengths.shape)} lengths, got {shape_text(g.shape)}")
        return (v,)

    @classmethod
    def cost(cls, v: TensorSpec, g: TensorSpec, dim: int = 0) -> Cost:
        outputs = cls.shape(v, g, dim)
        scaled = Cost(multiplies=v.numel, divides=g.numel)
        return _lengths(v, g, 2) + scaled + Cost(**traffic((v, g), outputs))


@operator
class WeightNorm(Direction):
    """w = v · g / √Σ v², the sum over all but the dimension `dim`; costs as of every `Direction`.

    Source: torch.nn.utils.parametrizations.weight_norm; Salimans and Kingma 2016.
    """

    name = "weight_norm"
    torch = ("torch._weight_norm",)


@operator
class WeightNormInterface(Direction):
    """w = v · g / √Σ v², and the √Σ v²; costs as of every `Direction`. Source: torch._weight_norm_interface."""

    name = "weight_norm_interface"
    torch = ("torch._weight_norm_interface",)

    @classmethod
    def shape(cls, v: TensorSpec, g: TensorSpec, dim: int = 0) -> Specs:
        return *super().shape(v, g, dim), g


@operator
class NormExceptDim(Operator):
    """y = (Σ |v|^p)^(1/p) over all but the dimension `dim`, over all for −1, p the number `pow`.

    Costs per row as of `vector_norm`. Source: torch.norm_except_dim.
    """

    name = "norm_except_dim"
    family = "reduction"
    torch = ("torch.norm_except_dim",)
    tensors = ("v",)

    @staticmethod
    def shape(v: TensorSpec, pow: int = 2, dim: int = 0) -> Specs:
        if dim == -1:
            return (TensorSpec((), v.dtype),)
        kept = tuple(size if at == dim % len(v.shape) else 1 for at, size in enumerate(v.shape))
        return (TensorSpec(kept, v.dtype),)

    @staticmethod
    def cost(v: TensorSpec, pow: int = 2, dim: int = 0) -> Cost:
        (output,) = NormExceptDim.shape(v, pow, dim)
        return _lengths(v, output, pow) + Cost(**traffic((v,), (output,)))


def _lengths(v: TensorSpec, made: TensorSpec, order: int) -> Cost:
    """The norm of each row of v, of which there are as many as values in `made`."""
    work: Cost = norm(v.numel // (made.numel or 1), order) * made.numel
    return work
