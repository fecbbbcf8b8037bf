"""A product added to a tensor: addmm and its kind."""

from collections.abc import Mapping
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size
from netstat.ops.base import Operator, Product, Specs, operator, spellings, traffic
from netstat.ops.contraction import sums_of_products
from netstat.ops.matrices import Bmm, MatrixProduct, Mm, Mv, Outer
from netstat.ops.spelling import without
from netstat.units import shape as shape_text


class AddedProduct(Operator):
    """P a product of two tensors, `input` repeated to P's shape (broadcasting).

    y = beta · input + alpha · P

    One addition per output value; where beta is not 1, one multiplication per value of `input`, and where it is 0
    `input` is neither read nor added; where alpha is not 1, one multiplication per value of P. The MACs are P's.
    """

    family = "matrix product"
    meanings: ClassVar[dict[str, str]] = MatrixProduct.meanings

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(args, without(kwargs, "out"))

    @classmethod
    def product(cls, left: TensorSpec, right: TensorSpec, made: TensorSpec) -> Cost:
        """Arithmetic of P."""
        return sums_of_products(made.numel, left.shape[-1])

    @classmethod
    def cost(cls, *args: Any, **kwargs: Any) -> Cost:
        named = cls.bind(args, kwargs)
        beta, alpha = named["beta"], named["alpha"]
        made, (input, left, right) = cls.shape(**named), (named[name] for name in cls.tensors)
        values, added = made[0].numel, beta != 0
        scaled = (input.numel if beta not in (0, 1) else 0) + (values if alpha != 1 else 0)
        moved = traffic((input if added else None, left, right), made)
        return cls.product(left, right, made[0]) + Cost(multiplies=scaled, adds=values if added else 0, **moved)

    @classmethod
    def products(cls, **arguments: Any) -> tuple[Product, ...]:
        macs = cls.cost(**arguments).macs
        return (Product(macs, cls.tensors[1:2], cls.tensors[2:]),) if macs else ()


def _repeated(input: TensorSpec, made: TensorSpec) -> Specs:
    """The product's shape, if the input can be repeated to it."""
    pairs = zip(reversed(input.shape), reversed(made.shape), strict=False)
    if len(input.shape) > len(made.shape) or any(own not in (1, whole) for own, whole in pairs):
        raise ShapeError(f"{shape_text(input.shape)} does not fit a product of {shape_text(made.shape)}")
    return (made,)


@operator
class Addmm(AddedProduct):
    """Matrices (n, K) and (K, m).

    y[i, j] = beta · input[i, j] + alpha · Σ_k a[i, k] · b[k, j]

    MACs: n·m·K; more as for `AddedProduct`. Source: torch.addmm.
    """

    name = "addmm"
    torch = spellings("addmm")
    tensors = ("input", "mat1", "mat2")
    letters: ClassVar[dict[str, str]] = {"mat1": "n K", "mat2": "K m", "input": "n? m?"}

    @staticmethod
    def shape(
        input: TensorSpec, mat1: TensorSpec, mat2: TensorSpec, beta: Size = 1, alpha: Size = 1, inplace: bool = False
    ) -> Specs:
        return _repeated(input, *Mm.shape(mat1, mat2))


@operator
class Addmv(AddedProduct):
    """Matrix (n, K) and vector (K).

    y[i] = beta · input[i] + alpha · Σ_k a[i, k] · v[k]

    MACs: n·K; more as for `AddedProduct`. Source: torch.addmv.
    """

    name = "addmv"
    torch = spellings("addmv")
    tensors = ("input", "mat", "vec")
    letters: ClassVar[dict[str, str]] = {"mat": "n K", "vec": "K", "input": "n?"}

    @staticmethod
    def shape(
        input: TensorSpec, mat: TensorSpec, vec: TensorSpec, beta: Size = 1, alpha: Size = 1, inplace: bool = False
    ) -> Specs:
        return _repeated(input, *Mv.shape(mat, vec))


@operator
class Addr(AddedProduct):
    """Vectors (n) and (m).

    y[i, j] = beta · input[i, j] + alpha · a[i] · b[j]

    One multiplication per output value, nothing is summed: no MAC; more as for `AddedProduct`. Source: torch.addr.
    """

    name = "addr"
    torch = spellings("addr")
    tensors = ("input", "vec1", "vec2")

    @staticmethod
    def shape(
        input: TensorSpec, vec1: TensorSpec, vec2: TensorSpec, beta: Size = 1, alpha: Size = 1, inplace: bool = False
    ) -> Specs:
        return _repeated(input, *Outer.shape(vec1, vec2))

    @classmethod
    def product(cls, left: TensorSpec, right: TensorSpec, made: TensorSpec) -> Cost:
        return Cost(multiplies=made.numel)


@operator
class Baddbmm(AddedProduct):
    """B matrices (n, K) and B matrices (K, m).

    y[b, i, j] = beta · input[b, i, j] + alpha · Σ_k a[b, i, k] · c[b, k, j]

    MACs: B·n·m·K; more as for `AddedProduct`. Source: torch.baddbmm.
    """

    name = "baddbmm"
    torch = spellings("baddbmm")
    tensors = ("input", "batch1", "batch2")
    letters: ClassVar[dict[str, str]] = {"batch1": "B n K", "batch2": "B K m", "input": "B? n? m?"}

    @staticmethod
    def shape(
        input: TensorSpec,
        batch1: TensorSpec,
        batch2: TensorSpec,
        beta: Size = 1,
        alpha: Size = 1,
        inplace: bool = False,
    ) -> Specs:
        return _repeated(input, *Bmm.shape(batch1, batch2))


@operator
class Addbmm(AddedProduct):
    """B matrices (n, K) and B matrices (K, m), whose products are summed.

    y[i, j] = beta · input[i, j] + alpha · Σ_b Σ_k a[b, i, k] · c[b, k, j]

    MACs: B·n·m·K; each value of the sum takes B·K multiplications and one addition fewer; more as for `AddedProduct`.
    Source: torch.addbmm.
    """

    name = "addbmm"
    torch = spellings("addbmm")
    tensors = ("input", "batch1", "batch2")
    letters: ClassVar[dict[str, str]] = {"batch1": "B n K", "batch2": "B K m", "input": "n? m?"}

    @staticmethod
    def shape(
        input: TensorSpec,
        batch1: TensorSpec,
        batch2: TensorSpec,
        beta: Size = 1,
        alpha: Size = 1,
        inplace: bool = False,
    ) -> Specs:
        (made,) = Bmm.shape(batch1, batch2)
        return _repeated(input, made._replace(shape=made.shape[1:]))

    @classmethod
    def product(cls, left: TensorSpec, right: TensorSpec, made: TensorSpec) -> Cost:
        return sums_of_products(made.numel, left.shape[0] * left.shape[-1])
