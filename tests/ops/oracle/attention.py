"""Scaled dot-product attention."""

import math

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netstat.graph import TensorSpec
from oracle.broadcasting import stretched, within
from oracle.cases import ORACLES, Call, Oracle
from oracle.counted import Counted, contraction, total
from oracle.draws import DTYPES, shapes
from oracle.pointwise import broadcastable
from oracle.tensors import Index, Tensor, positions


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> tuple[Tensor]:
    """Scores of every query with every key, made weights of the values; what is masked weighs nothing."""
    if enable_gqa:
        key, value = (repeated(tensor, query.shape[-3]) for tensor in (key, value))
    (queries, features), keys = query.shape[-2:], key.shape[-2]
    factor = 1 / math.sqrt(features) if scale is None else scale
    batch = stretched(query.shape[:-2], key.shape[:-2])
    weights = {}
    for *head, i in positions((*batch, queries)):
        row = []
        for j in range(keys):
            left, right = within(query.shape[:-2], tuple(head)), within(key.shape[:-2], tuple(head))
            score = contraction((query[*left, i, e], key[*right, j, e]) for e in range(features))
            score = score if scale == 1 else score * factor
            row.append(masked(score, attn_mask, (*head, i, j), hidden=is_causal and j > i))
        for j, weight in enumerate(weigh(row)):
            weights[*head, i, j] = dropped(weight, dropout_p) if dropout_p else weight
    output = query.like((*stretched(batch, value.shape[:-2]), queries, value.shape[-1]))
    for *head, i, e in positions(output.shape):
        at, from_ = within(batch, tuple(head)), within(value.shape[:-2], tuple(head))
        output[*head, i, e] = contraction((weights[*at, i, j], value[*from_, j, e]) for j in range(keys))
    return (output,)


def repeated(tensor: Tensor, heads: int) -> Tensor:
    """Each head as often as there are queries' heads for it; the same tensor, which is read once."""
    *batch, own, rows, columns = tensor.shape
    times = heads // own

    class Repeated(Tensor):
        def __getitem__(self, at: Index) -> Counted:
            return tensor[*at[:-3], at[-3] // times, *at[-2:]]

    return Repeated((*batch, heads, rows, columns), tensor.dtype, tensor.tally)


def masked(score: Counted, mask: Tensor | None, at: Index, hidden: bool) -> Counted:
    if mask is not None and mask.dtype != "bool":
        return score + mask[within(mask.shape, at)]
    hidden = hidden or (mask is not None and not mask[within(mask.shape, at)].value)
    return Counted(-math.inf, score.tally) if hidden else score


def weigh(row: list[Counted]) -> list[Counted]:
    """Softmax of a row; of one that is masked from end to end, torch makes zeros."""
    powers = [score.exp() for score in row]
    whole = total(powers)
    if not whole.value:
        whole = Counted(1.0, whole.tally)
    return [power / whole for power in powers]


def dropped(weight: Counted, p: float) -> Counted:
    """Only p = 1 is drawn: nothing survives."""
    survives = Counted(0.0, weight.tally) > p
    return weight * (1 / (1 - p) if survives else 0.0)


@st.composite
def attentions(draw: DrawFn) -> Call:
    queries, keys, features, values = (draw(st.integers(1, 3)) for _ in range(4))
    dtype, grouped = draw(DTYPES), draw(st.booleans())
    batch = draw(shapes(0, 1, 2)) + ((draw(st.sampled_from([2, 4])),) if grouped else draw(shapes(0, 1, 2)))
    ours = (*batch[:-1], draw(st.sampled_from([1, 2]))) if grouped else draw(st.just(batch) | broadcastable(batch))
    specs = {"query": (*batch, queries, features), "key": (*ours, keys, features), "value": (*ours, keys, values)}
    masks = st.none() | st.builds(
        TensorSpec, broadcastable((*batch, queries, keys)), st.sampled_from(["bool", dtype])
    ).filter(lambda spec: len(spec.shape) >= 2)
    mask = draw(masks)
    return Call(
        {name: TensorSpec(shape, dtype) for name, shape in specs.items()} | {"attn_mask": mask},
        {
            "dropout_p": draw(st.sampled_from([0.0, 0.0, 1.0])),
            "is_causal": draw(st.booleans()) if mask is None else False,
            "scale": draw(st.sampled_from([None, 0.5, 1.0])),
            "enable_gqa": grouped,
        },
    )


ORACLES["scaled_dot_product_attention"] = Oracle(attend, attentions())
