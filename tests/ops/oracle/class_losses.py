"""Losses of predictions over classes, target by target."""

from collections.abc import Callable
from math import log

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, total
from oracle.draws import DTYPES, shapes
from oracle.losses import REDUCTION, gathered
from oracle.tensors import Tensor, positions


def by_class(loss: Callable[[list[Counted], int], Counted]) -> Callable[..., tuple[Tensor]]:
    """One loss per target, the row of predictions it is for in the second dimension."""

    def loops(input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: str = "mean") -> tuple[Tensor]:
        losses, weights = {}, []
        classes = input.shape[1 if len(input.shape) > 1 else 0]
        for at in positions(target.shape):
            wanted = int(target[at].value)
            row = [input[(*at[:1], c, *at[1:])] for c in range(classes)]
            losses[at] = loss(row, wanted)
            if weight is not None:
                losses[at] = losses[at] * weight[wanted,]
                weights.append(weight[wanted,])
        if reduction == "mean":
            return gathered(losses, input, target.shape, reduction, total(weights) if weights else len(losses))
        return gathered(losses, input, target.shape, reduction, None)

    return loops


def entropy(row: list[Counted], wanted: int) -> Counted:
    powers = [x.exp() for x in row]
    return -(powers[wanted] / total(powers)).special(log)


@st.composite
def by_classes(draw: DrawFn) -> Call:
    classes, dtype = draw(st.integers(1, 4)), draw(DTYPES)
    outer = draw(shapes(0, 3, 3))
    input = (*outer[:1], classes, *outer[1:])
    tensors = {"input": TensorSpec(input, dtype), "target": TensorSpec(outer, "int64")}
    weight = draw(st.sampled_from([{}, {"weight": TensorSpec((classes,), dtype)}]))
    return Call(tensors | weight, {"reduction": draw(REDUCTION)}, {"target": (0, classes - 1)})


ORACLES["nll_loss"] = Oracle(by_class(lambda row, wanted: -row[wanted]), by_classes())
ORACLES["cross_entropy"] = Oracle(by_class(entropy), by_classes())
