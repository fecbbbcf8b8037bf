"""Smooth activations, gated units, and the softmax family's further members.

Where a definition distinguishes cases, each value takes the comparisons and the arithmetic of all cases: what is
counted does not depend on the data.
"""

from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import certainly
from netstat.ops.base import Specs, operator, spellings
from netstat.ops.broadcasting import Elementwise
from netstat.ops.dtypes import floating_dtype
from netstat.ops.pointwise import Activation, ParametricActivation, Sigmoid, Softmax
from netstat.ops.sight import Sight, beside


@operator
class Gelu(ParametricActivation):
    """y = x · Φ(x) = x · ½ · (1 + erf(x / √2)); approximate="tanh": ½ · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))).

    Per value one division, one special function, one addition and two multiplications; with approximate="tanh"
    two special functions (cube and hyperbolic tangent), two additions and four multiplications. Source: torch.nn.GELU;
    Hendrycks and Gimpel 2016.
    """

    name = "gelu"
    torch = spellings("gelu")

    @classmethod
    def shape(cls, input: TensorSpec, approximate: str = "none", inplace: bool = False) -> Specs:
        return (input,)

    @classmethod
    def per_value(cls, approximate: str = "none", **chosen: Any) -> Cost:
        exact, by_tanh = Cost(divides=1, specials=1, adds=1, multiplies=2), Cost(specials=2, adds=2, multiplies=4)
        return by_tanh if approximate == "tanh" else exact


@operator
class Silu(Activation):
    """y = x · σ(x), σ(x) = 1 / (1 + e^−x).

    One exponential, one addition, one division and one multiplication per value. Source: torch.nn.SiLU.
    """

    name = "silu"
    torch = spellings("silu")
    each = Sigmoid.each + Cost(multiplies=1)


@operator
class Mish(Activation):
    """y = x · tanh(log(1 + e^x)).

    Three special functions, one addition and one multiplication per value. Source: torch.nn.Mish.
    """

    name = "mish"
    torch = spellings("mish")
    each = Cost(specials=3, adds=1, multiplies=1)


@operator
class Softplus(ParametricActivation):
    """y = 1/beta · log(1 + e^(beta · x)).

    Two special functions and one addition per value, and where beta is not 1 two multiplications. Above `threshold`
    torch takes y = x, a guard against overflow: not counted. Source: torch.nn.Softplus.
    """

    name = "softplus"
    torch = spellings("softplus")

    @classmethod
    def shape(cls, input: TensorSpec, beta: float = 1.0, threshold: float = 20.0) -> Specs:
        return (input,)

    @classmethod
    def per_value(cls, beta: float = 1.0, **chosen: Any) -> Cost:
        return Cost(specials=2, adds=1, multiplies=0 if beta == 1 else 2)


@operator
class Logsigmoid(Activation):
    """y = log(1 / (1 + e^−x)).

    Two special functions, one addition and one division per value. Source: torch.nn.LogSigmoid.
    """

    name = "logsigmoid"
    torch = spellings("logsigmoid", "log_sigmoid")
    each = Sigmoid.each + Cost(specials=1)


@operator
class Softsign(Activation):
    """y = x / (1 + |x|). One comparison, one addition and one division per value. Source: torch.nn.Softsign."""

    name = "softsign"
    torch = spellings("softsign")
    each = Cost(compares=1, adds=1, divides=1)
    dtype = staticmethod(floating_dtype)


@operator
class Tanhshrink(Activation):
    """y = x − tanh x. One special function and one addition per value. Source: torch.nn.Tanhshrink."""

    name = "tanhshrink"
    torch = spellings("tanhshrink")
    each = Cost(specials=1, adds=1)
    dtype = staticmethod(floating_dtype)


@operator
class Elu(ParametricActivation):
    """y = x where x > 0, else alpha · (e^x − 1).

    One comparison, one exponential and one addition per value, and where alpha is not 1 one multiplication. Source:
    torch.nn.ELU; Clevert et al. 2015.
    """

    name = "elu"
    torch = ("torch.nn.functional.elu", "torch.nn.functional.elu_")

    @classmethod
    def shape(cls, input: TensorSpec, alpha: float = 1.0, inplace: bool = False) -> Specs:
        return (input,)

    @classmethod
    def per_value(cls, alpha: float = 1.0, **chosen: Any) -> Cost:
        return Cost(compares=1, specials=1, adds=1, multiplies=0 if alpha == 1 else 1)


@operator
class Celu(ParametricActivation):
    """y = x where x > 0, else alpha · (e^(x / alpha) − 1).

    One comparison, one exponential and one addition per value, and where alpha is not 1 one division and one
    multiplication. Source: torch.nn.CELU; Barron 2017.
    """

    name = "celu"
    torch = spellings("celu")

    @classmethod
    def shape(cls, input: TensorSpec, alpha: float = 1.0, inplace: bool = False) -> Specs:
        return (input,)

    @classmethod
    def per_value(cls, alpha: float = 1.0, **chosen: Any) -> Cost:
        scaled = 0 if alpha == 1 else 1
        return Cost(compares=1, specials=1, adds=1, multiplies=scaled, divides=scaled)


@operator
class Selu(Activation):
    """y = scale · x where x > 0, else scale · alpha · (e^x − 1), with scale ≈ 1.0507 and alpha ≈ 1.6733.

    One comparison, one exponential, one addition and two multiplications per value, scale · alpha being one number.
    Source: torch.nn.SELU; Klambauer et al. 2017.
    """

    name = "selu"
    torch = spellings("selu")
    each = Cost(compares=1, specials=1, adds=1, multiplies=2)


@operator
class Glu(Elementwise):
    """y = a · σ(b), a and b the two halves of the input along `dim`.

    One exponential, one addition, one division and one multiplication per output value. Source: torch.nn.GLU; Dauphin
    et al. 2016.
    """

    name = "glu"
    family = "activation"
    torch = spellings("glu")
    each = Sigmoid.each + Cost(multiplies=1)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return beside(node.input.shape, node.attributes["dim"])

    @classmethod
    def shape(cls, input: TensorSpec, dim: int = -1) -> Specs:
        size = input.shape[dim] if input.shape else 1
        if certainly(size % 2 == 1):
            raise ShapeError(f"needs an even size to halve along dimension {dim}, got {size}")
        sizes = list(input.shape)
        sizes[dim] = size // 2
        return (TensorSpec(tuple(sizes), input.dtype),)


@operator
class LogSoftmax(Softmax):
    """R rows of F values along `dim`: y[r, i] = log(e^x[r, i] / Σ_j e^x[r, j]).

    No parameters. Per row: F exponentials, F − 1 additions, F divisions, F logarithms. Guards against overflow are not
    counted. Source: torch.nn.LogSoftmax.
    """

    name = "log_softmax"
    torch = spellings("log_softmax")

    @staticmethod
    def cost(input: TensorSpec, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Cost:
        return Softmax.cost(input, dim, dtype=dtype) + Cost(specials=input.numel)


@operator
class Softmin(Softmax):
    """R rows of F values along `dim`: y[r, i] = e^−x[r, i] / Σ_j e^−x[r, j].

    No parameters. Per row: F exponentials, F − 1 additions, F divisions. Source: torch.nn.Softmin.
    """

    name = "softmin"
    torch = ("torch.nn.functional.softmin",)
