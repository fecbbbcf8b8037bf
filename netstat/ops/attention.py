"""Scaled dot-product attention."""

from math import prod
from typing import ClassVar, NamedTuple

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.arithmetic import Size, certainly
from netstat.ops.base import Operator, Product, Specs, operator, traffic
from netstat.ops.broadcasting import broadcast
from netstat.ops.contraction import sums_of_products
from netstat.ops.pointwise import softmax
from netstat.units import shape as shape_text


class _Sizes(NamedTuple):
    """Batch and heads of the scores and of the output, L queries, S keys, E and Ev features."""

    scored: tuple[Size, ...]
    made: tuple[Size, ...]
    queries: Size
    keys: Size
    features: Size
    values: Size

    @property
    def rows(self) -> Size:
        """Queries of all heads."""
        return prod(self.scored) * self.queries


@operator
class ScaledDotProductAttention(Operator):
    """L queries and S keys of E features, S values of E_v features, H heads, A = H·L·S scores of the whole batch.

    y = dropout(softmax(scale · q·kᵀ + mask)) · v,  scale 1/√E unless it is given

    Scores: A = H·L·S. MACs: A·E for q·kᵀ and A·E_v for the weights times v. Further per score: one multiplication by
    the scale unless it is given as 1; one addition of a mask that is a number (a truth value only selects); softmax as
    in `Softmax`; where dropout_p is not 0, one comparison and one multiplication. `is_causal` selects too: the scores
    it leaves out are counted like any other, as the field counts them. With `enable_gqa` keys and values are repeated
    for groups of heads, which is no arithmetic.

    Query (*, H, L, E), key (*, H, S, E), value (*, H, S, E_v), mask repeated to (*, H, L, S). Source:
    torch.nn.functional.scaled_dot_product_attention; Vaswani et al. 2017, section 3.2.1.
    """

    name = "scaled_dot_product_attention"
    family = "attention"
    torch = ("torch.nn.functional.scaled_dot_product_attention", "torch._C._nn.scaled_dot_product_attention")
    tensors = ("query", "key", "value", "attn_mask")
    letters: ClassVar[dict[str, str]] = {
        "query": "d_0? H? L E",
        "key": "d_0? H? S E",
        "value": "d_0? H? S E_v",
        "attn_mask": "d_0? H? L? S?",
    }
    meanings: ClassVar[dict[str, str]] = {
        "H": "heads",
        "L": "queries",
        "S": "keys",
        "E": "features of a query",
        "E_v": "features of a value",
    }

    @staticmethod
    def shape(
        query: TensorSpec,
        key: TensorSpec,
        value: TensorSpec,
        attn_mask: TensorSpec | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> Specs:
        sizes = _sizes(query, key, value, attn_mask, enable_gqa)
        return (TensorSpec((*sizes.made, sizes.queries, sizes.values), query.dtype),)

    @classmethod
    def cost(
        cls,
        query: TensorSpec,
        key: TensorSpec,
        value: TensorSpec,
        attn_mask: TensorSpec | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> Cost:
        sizes = _sizes(query, key, value, attn_mask, enable_gqa)
        made = cls.shape(query, key, value, attn_mask, enable_gqa=enable_gqa)
        scores = sizes.rows * sizes.keys
        moved = Cost(**traffic((query, key, value, attn_mask), made))
        masked = Cost(adds=scores) if attn_mask is not None and attn_mask.dtype != "bool" else Cost()
        scaled = Cost(multiplies=scores) if scale != 1 else Cost()
        dropped = Cost(multiplies=scores, compares=scores) if dropout_p else Cost()
        return sum(_products(sizes), moved) + scaled + masked + softmax(sizes.rows, scores) + dropped

    @classmethod
    def products(
        cls,
        query: TensorSpec,
        key: TensorSpec,
        value: TensorSpec,
        attn_mask: TensorSpec | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> tuple[Product, ...]:
        scores, output = _products(_sizes(query, key, value, attn_mask, enable_gqa))
        weights = ("query", "key", "attn_mask") if attn_mask is not None else ("query", "key")
        return Product(scores.macs, ("query",), ("key",)), Product(output.macs, weights, ("value",))


def _products(sizes: _Sizes) -> tuple[Cost, Cost]:
    """q·kᵀ, and the weights times v."""
    outputs = prod(sizes.made) * sizes.queries * sizes.values
    return sums_of_products(sizes.rows * sizes.keys, sizes.features), sums_of_products(outputs, sizes.keys)


def _sizes(query: TensorSpec, key: TensorSpec, value: TensorSpec, mask: TensorSpec | None, grouped: bool) -> _Sizes:
    for spec in (query, key, value):
        if len(spec.shape) < (3 if grouped else 2):
            raise ShapeError(f"needs query, key and value (*, L, E), got {shape_text(spec.shape)}")
    for what, left, right in (
        ("features of query and key", query.shape[-1], key.shape[-1]),
        ("numbers of keys and values", key.shape[-2], value.shape[-2]),
    ):
        if left != right:
            raise ShapeError(f"{what} differ: {left} and {right}")
    batch, *repeated = (_heads(spec, query, grouped) for spec in (query, key, value))
    scored = broadcast(batch, repeated[0])
    whole = (*scored, query.shape[-2], key.shape[-2])
    if mask is not None and broadcast(whole, mask.shape) != whole:
        raise ShapeError(f"mask {shape_text(mask.shape)} does not fit scores {shape_text(whole)}")
    made = broadcast(scored, repeated[1])
    return _Sizes(scored, made, query.shape[-2], key.shape[-2], query.shape[-1], value.shape[-1])


def _heads(spec: TensorSpec, query: TensorSpec, grouped: bool) -> tuple[Size, ...]:
    """Batch and heads; in grouped attention every head is there for as many of the query's."""
    if not grouped:
        return spec.shape[:-2]
    heads, own = query.shape[-3], spec.shape[-3]
    if certainly(heads % own > 0):
        raise ShapeError(f"{heads} heads of the query cannot be split among {own}")
    return (*spec.shape[:-3], heads)
