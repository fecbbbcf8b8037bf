"""Losses: how far predictions are from their targets, value by value, then summed or averaged."""

from collections.abc import Mapping
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.broadcasting import broadcast
from netstat.ops.dtypes import result_dtype
from netstat.ops.pointwise import Sigmoid
from netstat.ops.rows import between
from netstat.ops.spelling import without

_LEGACY = ("size_average", "reduce")


def reduce(values: Size, reduction: str) -> Cost:
    """The sum of so many values takes one addition less, their mean (over values or examples) a division more."""
    if reduction == "none":
        return Cost()
    return Cost(adds=between(values), divides=0 if reduction == "sum" else 1)


class Loss(Operator):
    """`reduction` is none, sum, mean or, over the examples, batchmean: n − 1 additions for n values, and a division."""

    family = "loss"
    tensors: ClassVar[tuple[str, ...]] = ("input", "target", "weight")

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        if any(kwargs.get(name) is not None for name in _LEGACY):
            raise TypeError(f"{cls.name} takes `reduction`, not what came before it")
        return super().bind(args, without(kwargs, *_LEGACY))


class ElementLoss(Loss):
    """One loss per value x and target y, the two stretched to each other (broadcasting)."""

    weighted = False

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        if not cls.weighted and kwargs.get("weight") is not None:
            raise TypeError(f"{cls.name} has no count with weights")
        return super().bind(args, kwargs)

    @classmethod
    def shape(
        cls, input: TensorSpec, target: TensorSpec, *, weight: TensorSpec | None = None, reduction: str = "mean"
    ) -> Specs:
        sizes = broadcast(input.shape, target.shape)
        return (TensorSpec(sizes if reduction == "none" else (), result_dtype(input, target)),)

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        target: TensorSpec,
        *,
        weight: TensorSpec | None = None,
        reduction: str = "mean",
        **chosen: Any,
    ) -> Cost:
        outputs = cls.shape(input, target, reduction=reduction)
        values = TensorSpec(broadcast(input.shape, target.shape)).numel
        scaled = [spec for spec in (weight, chosen.pop("pos_weight", None)) if spec is not None]
        each = cls.each(**chosen) + Cost(multiplies=len(scaled))
        work: Cost = each * values
        return work + reduce(values, reduction) + Cost(**traffic((input, target, *scaled), outputs))

    @classmethod
    def each(cls, **chosen: Any) -> Cost:
        """What one value takes."""
        raise NotImplementedError


@operator
class MseLoss(ElementLoss):
    """l = (x − y)². A subtraction and a multiplication per value. Source: torch.nn.MSELoss."""

    name = "mse_loss"
    torch = ("torch.nn.functional.mse_loss",)

    @classmethod
    def each(cls, **chosen: Any) -> Cost:
        return Cost(multiplies=1, adds=1)


@operator
class L1Loss(ElementLoss):
    """l = |x − y|. A subtraction and a comparison per value. Source: torch.nn.L1Loss."""

    name = "l1_loss"
    torch = ("torch.nn.functional.l1_loss",)

    @classmethod
    def each(cls, **chosen: Any) -> Cost:
        return Cost(adds=1, compares=1)


@operator
class SmoothL1Loss(ElementLoss):
    """d = |x − y|: l = d² · 1/(2·beta) where d < beta, else d − beta/2; l = d for a beta of 0.

    Per value: a subtraction and a comparison for d, a comparison with beta, two multiplications for the one branch and
    a subtraction for the other: both are counted. Source: torch.nn.SmoothL1Loss.
    """

    name = "smooth_l1_loss"
    torch = ("torch.nn.functional.smooth_l1_loss",)

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        target: TensorSpec,
        *,
        weight: TensorSpec | None = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ) -> Specs:
        return super().shape(input, target, reduction=reduction)

    @classmethod
    def each(cls, *, beta: float = 1.0, **chosen: Any) -> Cost:
        return Cost(multiplies=2, adds=2, compares=2) if beta else Cost(adds=1, compares=1)


@operator
class HuberLoss(ElementLoss):
    """d = |x − y|: l = d² · 1/2 where d < delta, else delta · (d − delta/2).

    Per value: a subtraction and a comparison for d, a comparison with delta, two multiplications for the one branch, a
    subtraction and a multiplication for the other: both are counted. Source: torch.nn.HuberLoss.
    """

    name = "huber_loss"
    torch = ("torch.nn.functional.huber_loss",)

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        target: TensorSpec,
        *,
        weight: TensorSpec | None = None,
        reduction: str = "mean",
        delta: float = 1.0,
    ) -> Specs:
        return super().shape(input, target, reduction=reduction)

    @classmethod
    def each(cls, **chosen: Any) -> Cost:
        return Cost(multiplies=3, adds=2, compares=2)


@operator
class KlDiv(ElementLoss):
    """l = y · (log y − x), or e^y · (y − x) where the target is given by its logarithm (log_target).

    Per value: a logarithm or exponential, a subtraction, a multiplication. Source: torch.nn.KLDivLoss.
    """

    name = "kl_div"
    torch = ("torch.nn.functional.kl_div",)

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        target: TensorSpec,
        *,
        weight: TensorSpec | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> Specs:
        return super().shape(input, target, reduction=reduction)

    @classmethod
    def each(cls, **chosen: Any) -> Cost:
        return Cost(multiplies=1, adds=1, specials=1)


@operator
class BinaryCrossEntropy(ElementLoss):
    """l = −w · (y · log x + (1 − y) · log(1 − x)).

    Per value: two logarithms, two subtractions, two multiplications, an addition, and a multiplication by w where one
    is given. Holding the logarithms above −100 is a guard: not counted. Source: torch.nn.BCELoss.
    """

    name = "binary_cross_entropy"
    torch = ("torch.nn.functional.binary_cross_entropy",)
    weighted = True

    @classmethod
    def each(cls, **chosen: Any) -> Cost:
        return Cost(multiplies=2, adds=3, specials=2)


@operator
class BinaryCrossEntropyWithLogits(ElementLoss):
    """l = −w · (p · y · log s + (1 − y) · log(1 − s)),  s = 1 / (1 + e^−x).

    Per value: an exponential, an addition and a division for s, then as in `binary_cross_entropy`, and a multiplication
    by p where one is given. Source: torch.nn.BCEWithLogitsLoss.
    """

    name = "binary_cross_entropy_with_logits"
    torch = ("torch.nn.functional.binary_cross_entropy_with_logits",)
    tensors = ("input", "target", "weight", "pos_weight")
    weighted = True

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        target: TensorSpec,
        *,
        weight: TensorSpec | None = None,
        reduction: str = "mean",
        pos_weight: TensorSpec | None = None,
    ) -> Specs:
        return super().shape(input, target, reduction=reduction)

    @classmethod
    def each(cls, **chosen: Any) -> Cost:
        return BinaryCrossEntropy.each() + Sigmoid.each
