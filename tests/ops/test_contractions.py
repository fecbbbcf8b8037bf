"""Multiply-accumulates of contractions: figures known from elsewhere, and which tensors meet in them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import DataObject, data
from oracle import ORACLES, Call
from oracle.draws import drawn

from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.base import Product
from netstat.ops.einsum import parse

FAMILIES = {"matrix product", "attention", "recurrent"}
CONTRACTIONS = [name for name in OPERATORS.names() if OPERATORS[name].family in FAMILIES]
CONTRACTIONS += ["bilinear", "linear", *(f"{kind}{dims}d" for kind in ("conv", "conv_transpose") for dims in (1, 2, 3))]


def specs(*shapes: tuple[int, ...]) -> list[TensorSpec]:
    return [TensorSpec(shape) for shape in shapes]


def macs(name: str, *args: Any, **kwargs: Any) -> int:
    return OPERATORS[name].cost(**OPERATORS[name].bind(args, kwargs)).macs


def recurrent(
    kind: str, layers: int = 1, directions: int = 1, projected: int = 0, rows: Any = (2, 10)
) -> dict[str, Any]:
    """A layer of 16 features in and 8 out on 2 sequences of 10 steps, batch first."""
    width, gates = projected or 8, {"lstm": 32, "gru": 24, "rnn_tanh": 8, "rnn_relu": 8}[kind]
    states = specs((layers * directions, 2, width), (layers * directions, 2, 8))
    params: list[TensorSpec] = []
    for layer in range(layers):
        own = [(gates, width * directions if layer else 16), (gates, width), (gates,), (gates,)]
        params += specs(*([*own, (projected, 8)] if projected else own)) * directions
    return {
        "input": TensorSpec((*rows, 16)),
        "hx": states if kind == "lstm" else states[0],
        "params": params,
        "has_biases": True,
        "num_layers": layers,
        "dropout": 0.0,
        "train": False,
        "bidirectional": directions == 2,
        "batch_first": True,
    }


@pytest.mark.parametrize(
    ("kind", "chosen", "wanted"),
    [
        ("rnn_tanh", {}, 3840),
        ("rnn_relu", {}, 3840),
        ("gru", {}, 11_520),
        ("lstm", {}, 15_360),
        ("lstm", {"layers": 2, "directions": 2}, 61_440),
        ("lstm", {"projected": 4}, 13_440),
    ],
)
def test_recurrent_layers_of_16_to_8_on_2_sequences_of_10(kind: str, chosen: dict[str, int], wanted: int) -> None:
    assert OPERATORS[kind].cost(**recurrent(kind, **chosen)).macs == wanted


def test_an_lstm_cell_of_16_to_8_on_2_rows() -> None:
    x, h, w_ih, w_hh = specs((2, 16), (2, 8), (32, 16), (32, 8))
    assert macs("lstm_cell", x, [h, h], w_ih, w_hh) == 2 * 32 * (16 + 8) == 1536


def test_a_packed_layer_costs_its_rows_and_no_more() -> None:
    padded = recurrent("gru")
    packed = recurrent("gru", rows=(20,)) | {"batch_first": False, "batch_sizes": TensorSpec((10,), "int64")}
    shorter = packed | {"input": TensorSpec((13, 16))}
    whole = OPERATORS["gru"].cost(**padded)
    assert OPERATORS["gru"].cost(**packed).flops == whole.flops
    assert OPERATORS["gru"].cost(**shorter).flops * 20 == whole.flops * 13


def test_both_forms_of_a_recurrent_call_are_understood() -> None:
    call = recurrent("lstm")
    input, hx, params = call["input"], call["hx"], call["params"]
    settings = (True, 1, 0.0, False, False)
    sizes, bind = TensorSpec((10,), "int64"), OPERATORS["lstm"].bind
    assert bind((input, hx, params, *settings, True), {}) == {**call, "batch_sizes": None}
    packed = {**call, "batch_first": False, "batch_sizes": sizes}
    assert bind((input, sizes, hx, params, *settings), {}) == packed
    assert bind((), {"data": input, "batch_sizes": sizes, "hx": hx, "params": params, **named(settings)}) == packed


def named(settings: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(("has_biases", "num_layers", "dropout", "train", "bidirectional"), settings, strict=True))


def test_attention_of_4_heads() -> None:
    (q,) = specs((2, 4, 10, 16))
    assert macs("scaled_dot_product_attention", q, q, q) == 2 * (2 * 4 * 10 * 10 * 16) == 25_600


def test_multi_head_attention_of_16_features() -> None:
    (q,) = specs((2, 4, 10, 4))
    attention = macs("scaled_dot_product_attention", q, q, q)
    projections = macs("linear", *specs((2, 10, 16), (48, 16))) + macs("linear", *specs((2, 10, 16), (16, 16)))
    assert (attention, attention + projections) == (6400, 26_880)


@pytest.mark.parametrize("is_causal", [False, True])
def test_what_a_causal_mask_leaves_out_is_counted(is_causal: bool) -> None:
    (q,) = specs((1, 1, 5, 3))
    assert macs("scaled_dot_product_attention", q, q, q, is_causal=is_causal) == 2 * 5 * 5 * 3


@pytest.mark.parametrize(
    ("weight", "chosen", "wanted"),
    [
        ((4, 6, 2, 2), {"stride": 2}, 12_288),
        ((4, 3, 2, 2), {"stride": 2, "groups": 2}, 6144),
        ((4, 6, 3, 3), {"stride": 2, "padding": 1, "output_padding": 1}, 27_648),
        ((4, 12, 3, 3), {"stride": 2}, 2 * 4 * 64 * 12 * 9),
    ],
)
def test_transposed_convolutions_of_4_channels(weight: tuple[int, ...], chosen: dict[str, int], wanted: int) -> None:
    assert macs("conv_transpose2d", *specs((2, 4, 8, 8), weight), **chosen) == wanted


def test_a_transposed_convolution_with_bias_has_two_operations_per_multiply_accumulate_where_it_covers_all() -> None:
    cost = OPERATORS["conv_transpose2d"].cost(*specs((2, 4, 8, 8), (4, 6, 2, 2), (6,)), stride=2)
    assert cost.flops == 2 * cost.macs


def test_matrix_products_of_several_kinds() -> None:
    assert macs("addmm", *specs((5, 8), (5, 8), (8, 8))) == 320
    assert macs("einsum", "bsi,io->bso", *specs((2, 10, 16), (16, 10))) == 3200
    assert macs("bilinear", *specs((2, 16), (2, 16), (10, 16, 16), (10,))) == 2 * 10 * (16 * 16 + 16) == 5440
    assert macs("bilinear", *specs((2, 5), (2, 7), (10, 5, 7))) == 2 * 10 * (5 * 7 + 7)
    assert macs("multi_dot", specs((10, 100), (100, 5), (5, 50))) == 10 * 100 * 5 + 10 * 5 * 50
    assert macs("matmul", *specs((7, 1, 3, 4), (6, 4, 5))) == 7 * 6 * 3 * 4 * 5


@pytest.mark.parametrize("name", ["outer", "kron", "addr"])
@given(data=data())
@drawn(10)
def test_where_nothing_is_summed_there_are_no_multiply_accumulates(name: str, data: DataObject) -> None:
    cost = OPERATORS[name].cost(**data.draw(ORACLES[name].calls).arguments)
    assert cost.macs == 0
    assert cost.multiplies > 0


@pytest.mark.parametrize(
    ("equation", "shapes", "wanted"),
    [
        ("ij,jk->ik", [(2, 3), (3, 5)], 2 * 3 * 5),
        ("ij,jk", [(2, 3), (3, 5)], 2 * 3 * 5),
        ("...ij,...jk", [(7, 2, 3), (4, 1, 3, 5)], 4 * 7 * 2 * 3 * 5),
        ("ij,ij->ij", [(2, 3), (2, 3)], 0),
        ("ij,kl->il", [(2, 3), (4, 5)], 0),
        ("ii", [(3, 3)], 0),
        ("ij,jk,kl->il", [(2, 3), (3, 5), (5, 4)], 2 * 3 * 5 + 2 * 5 * 4),
        ("ij,kl,jk->il", [(2, 3), (5, 4), (3, 5)], 2 * 3 * 5 * 4),
        ("bhqd,bhkd->bhqk", [(2, 4, 10, 16), (2, 4, 10, 16)], 2 * 4 * 10 * 10 * 16),
    ],
)
def test_an_einsum_is_contracted_from_left_to_right(equation: str, shapes: list[Any], wanted: int) -> None:
    assert macs("einsum", equation, *specs(*shapes)) == wanted


def test_every_spelling_of_an_einsum_is_one_equation() -> None:
    x, y = specs((2, 3), (3, 5))
    bind = OPERATORS["einsum"].bind
    wanted = {"operands": [x, y], "equation": "AB,BC->AC"}
    assert bind((x, [0, 1], y, [1, 2], [0, 2]), {}) == wanted
    assert bind(("AB,BC->AC", [x, y]), {}) == bind(("AB,BC->AC", x, y), {}) == wanted
    assert bind((x, [..., 1], y, [1, 26]), {})["equation"] == "...B,Ba"
    assert OPERATORS["einsum"].canonical({"equation": "A B , B C -> A C"}) == {"equation": "AB,BC->AC"}


def test_where_no_output_is_written_it_is_what_is_there_once_in_order_of_the_alphabet() -> None:
    assert parse("ba,cb...", specs((2, 3), (4, 2, 5))).output == ("…1", "a", "c")
    assert parse("bA,a", specs((2, 3), (4,))).output == ("A", "a", "b")


@pytest.mark.parametrize(
    ("message", "equation", "shapes"),
    [
        ("'ij,jk' is for 2 operands, got 1", "ij,jk", [(2, 3)]),
        ("'ijk' names 3 dimensions of 2×3", "ijk", [(2, 3)]),
        ("'i' names 1 dimensions of 2×3", "i", [(2, 3)]),
        ("'i->j' has an output index that is in no operand", "i->j", [(2,)]),
        ("'i->ii' has an output index that is repeated", "i->ii", [(2,)]),
        ("'i1' is not made of letters and one ellipsis", "i1", [(2, 3)]),
        ("index j is 3 in one operand and 4 in another", "ij,jk", [(2, 3), (4, 5)]),
        ("2×3 has no diagonal over sizes 2 and 3", "ii", [(2, 3)]),
    ],
)
def test_an_equation_that_does_not_fit_is_refused(message: str, equation: str, shapes: list[Any]) -> None:
    with pytest.raises(ShapeError) as caught:
        OPERATORS["einsum"].shape(specs(*shapes), equation)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("message", "name", "shapes"),
    [
        ("columns of the first and rows of the second matrix differ: 3 and 4", "mm", [(2, 3), (4, 5)]),
        ("batches differ: 2 and 3", "bmm", [(2, 3, 4), (3, 4, 5)]),
        ("needs a (n, K) input, got 1 dimensions: 3", "mv", [(3,), (3,)]),
        ("values of the vectors differ: 3 and 4", "dot", [(3,), (4,)]),
        ("last dimensions differ: 3 and 4", "inner", [(3,), (4,)]),
        ("needs tensors with at least 1 dimension, got a single value", "matmul", [(), (3,)]),
        ("2×5 does not fit a product of 2×4", "addmm", [(2, 5), (2, 3), (3, 4)]),
        ("1×2×4 does not fit a product of 2×4", "addmm", [(1, 2, 4), (2, 3), (3, 4)]),
        ("rows of the inputs differ: 2×3 and 1×4", "bilinear", [(2, 3), (1, 4), (5, 3, 4)]),
        ("features of the second input and of the weight differ: 4 and 5", "bilinear", [(2, 3), (2, 4), (5, 3, 5)]),
        ("features of query and key differ: 3 and 4", "scaled_dot_product_attention", [(2, 3), (2, 4), (2, 3)]),
        ("numbers of keys and values differ: 2 and 5", "scaled_dot_product_attention", [(2, 3), (2, 3), (5, 3)]),
        (
            "mask 3×1×2 does not fit scores 2×2",
            "scaled_dot_product_attention",
            [(2, 3), (2, 3), (2, 3), (3, 1, 2)],
        ),
        ("needs 4 input channels, got 3", "conv_transpose1d", [(1, 3, 8), (4, 2, 3)]),
        ("needs 2 biases, got 3", "conv_transpose1d", [(1, 4, 8), (4, 2, 3), (3,)]),
        ("needs 5 input features, got 4", "gru_cell", [(1, 4), (1, 2), (6, 5), (6, 2)]),
        ("needs a state of 1×2, got 1×3", "gru_cell", [(1, 4), (1, 3), (6, 4), (6, 2)]),
        ("weights of 5 and 5 gate values are not 3 gates", "gru_cell", [(1, 4), (1, 2), (5, 4), (5, 2)]),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(message: str, name: str, shapes: list[Any]) -> None:
    for rule in (OPERATORS[name].shape, OPERATORS[name].cost):
        with pytest.raises(ShapeError) as caught:
            rule(**OPERATORS[name].bind(tuple(specs(*shapes)), {}))
        assert caught.value.message == message


@pytest.mark.parametrize(
    ("message", "change"),
    [
        ("needs a state of 1×2×8, got 1×3×8", {"hx": TensorSpec((1, 3, 8))}),
        ("needs 4 parameters for 1 layers, got 3", {"params": specs((24, 16), (24, 8), (24,))}),
        ("needs a (T, N, I) input, got 2 dimensions: 2×16", {"input": TensorSpec((2, 16))}),
        ("needs 16 input features, got 5", {"input": TensorSpec((2, 10, 5))}),
    ],
)
def test_recurrent_layers_that_do_not_fit_are_refused(message: str, change: dict[str, Any]) -> None:
    with pytest.raises(ShapeError) as caught:
        OPERATORS["gru"].shape(**recurrent("gru") | change)
    assert caught.value.message == message


def test_heads_that_cannot_be_shared_out_are_refused() -> None:
    query, key = specs((1, 4, 2, 3), (1, 3, 2, 3))
    with pytest.raises(ShapeError, match="4 heads of the query cannot be split among 3"):
        OPERATORS["scaled_dot_product_attention"].shape(query, key, key, enable_gqa=True)


@pytest.mark.parametrize("name", CONTRACTIONS)
@given(data=data())
@drawn(25)
def test_products_add_up_to_the_macs_and_are_of_tensors_that_were_given(name: str, data: DataObject) -> None:
    call = data.draw(ORACLES[name].calls)
    products = OPERATORS[name].products(**call.arguments)
    assert sum(product.macs for product in products) == OPERATORS[name].cost(**call.arguments).macs
    assert {side for _, left, right in products for side in left + right} <= given_names(call)


def given_names(call: Call) -> set[str]:
    """Names of the tensors as a graph has them."""
    lists = {name: value for name, value in call.tensors.items() if isinstance(value, list)}
    single = {name for name, value in call.tensors.items() if value is not None and name not in lists}
    return single | {f"{name}.{i}" for name, value in lists.items() for i in range(len(value))}


def test_the_weights_of_an_attention_are_made_of_queries_keys_and_mask() -> None:
    q, mask = specs((2, 3, 4), (3, 3))
    scores, output = OPERATORS["scaled_dot_product_attention"].products(q, q, q, mask)
    assert scores == Product(72, ("query",), ("key",))
    assert output == Product(72, ("query", "key", "attn_mask"), ("value",))


def test_a_recurrent_layer_begins_with_the_state_handed_in_and_goes_on_with_its_own() -> None:
    call = recurrent("lstm", layers=2, rows=(2, 10))
    products = OPERATORS["lstm"].products(**call)
    first = ("input", "hx.0", "hx.1", "params.0", "params.1", "params.2", "params.3")
    second = (*first, "params.4", "params.5", "params.6", "params.7")
    assert products == (
        Product(20 * 32 * 16, ("input",), ("params.0",)),
        Product(2 * 32 * 8, ("hx.0",), ("params.1",)),
        Product(18 * 32 * 8, first, ("params.1",)),
        Product(20 * 32 * 8, first, ("params.4",)),
        Product(2 * 32 * 8, ("hx.0",), ("params.5",)),
        Product(18 * 32 * 8, second, ("params.5",)),
    )


def test_the_operands_of_an_einsum_meet_from_left_to_right() -> None:
    assert OPERATORS["einsum"].products(specs((2, 3), (3, 5), (5, 4)), "ij,jk,kl->il") == (
        Product(30, ("operands.0",), ("operands.1",)),
        Product(40, ("operands.0", "operands.1"), ("operands.2",)),
    )


def test_the_matrices_of_a_chain_meet_in_the_cheapest_order() -> None:
    assert OPERATORS["multi_dot"].products(specs((10, 2), (2, 10), (10, 3))) == (
        Product(2 * 10 * 3, ("tensors.1",), ("tensors.2",)),
        Product(10 * 2 * 3, ("tensors.0",), ("tensors.1", "tensors.2")),
    )
