"""Losses of predictions over classes, of which each target names one."""

from collections.abc import Mapping
from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size
from netstat.ops.base import Specs, operator, traffic
from netstat.ops.losses import Loss, reduce
from netstat.ops.rows import between
from netstat.ops.spelling import without
from netstat.units import shape as shape_text


class ClassLoss(Loss):
    """Predictions (N, C, *) or (C) over C classes, targets (N, *) or () that name one; R targets in all.

    `ignore_index` is no arithmetic; no target is taken to be ignored. Weighted losses take a multiplication each, and
    their mean is over the sum of the weights: R − 1 additions more.
    """

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        target: TensorSpec,
        *,
        weight: TensorSpec | None = None,
        ignore_index: int = -100,
        reduction: str = "mean",
    ) -> Specs:
        wanted = input.shape[:1] + input.shape[2:] if len(input.shape) > 1 else ()
        if not input.shape or target.shape != wanted:
            raise ShapeError(f"needs targets of {shape_text(wanted)}, got {shape_text(target.shape)}")
        return (TensorSpec(wanted if reduction == "none" else (), input.dtype),)

    @classmethod
    def cost(
        cls,
        input: TensorSpec,
        target: TensorSpec,
        *,
        weight: TensorSpec | None = None,
        ignore_index: int = -100,
        reduction: str = "mean",
    ) -> Cost:
        outputs = cls.shape(input, target, weight=weight, reduction=reduction)
        many = target.numel
        work: Cost = cls.each(input.numel // many) * many
        if weight is not None:
            averaged = between(many) if reduction == "mean" else 0
            work = work + Cost(multiplies=many, adds=averaged)
        return work + reduce(many, reduction) + Cost(**traffic((input, target, weight), outputs))

    @classmethod
    def each(cls, classes: Size) -> Cost:
        """What the loss of one target takes."""
        raise NotImplementedError


@operator
class NllLoss(ClassLoss):
    """l = −w[y] · x[y]. Nothing but the multiplication by a weight, where one is given. Source: torch.nn.NLLLoss."""

    name = "nll_loss"
    torch = ("torch.nn.functional.nll_loss",)

    @classmethod
    def each(cls, classes: Size) -> Cost:
        return Cost()


@operator
class CrossEntropy(ClassLoss):
    """l = −w[y] · log(e^x[y] / Σ_c e^x[c]) over C classes c.

    Per target: C exponentials, C − 1 additions, a division, a logarithm, and a multiplication by the weight where one
    is given. The guard against overflow is not counted. Targets that are probabilities, and label smoothing, have no
    count here. Source: torch.nn.CrossEntropyLoss.
    """

    name = "cross_entropy"
    torch = ("torch.nn.functional.cross_entropy",)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, without(kwargs, "label_smoothing"))
        if kwargs.get("label_smoothing") or bound["target"].shape == bound["input"].shape:
            raise TypeError(f"{cls.name} has no count for targets that are probabilities")
        return bound

    @classmethod
    def each(cls, classes: Size) -> Cost:
        return Cost(adds=between(classes), divides=1, specials=classes + 1)
