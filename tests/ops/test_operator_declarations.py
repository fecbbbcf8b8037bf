"""What an operator says of itself is so."""

from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from oracle import ORACLES, Call, sliding
from oracle.draws import drawn
from oracle.nodes import node_of

from netstat.cost import ZERO
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

FREE = [name for name in OPERATORS.names() if OPERATORS[name].free]
VIEWS = [name for name in OPERATORS.names() if OPERATORS[name].view]
SLIDING = [f"{kind}{dims}d" for kind in ("conv", "max_pool", "avg_pool") for dims in (1, 2, 3)]


def bound(name: str, call: Call) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tensors, and attributes in their canonical spelling, of a call as torch code would write it."""
    kind = OPERATORS[name]
    first, *_ = kind.tensors
    rest = {key: value for key, value in call.arguments.items() if key != first}
    everything = kind.bind((call.arguments[first],), rest)
    tensors = {key: everything.pop(key) for key in call.tensors}
    return tensors, kind.canonical(everything)


@pytest.mark.parametrize("name", FREE)
@given(data=st.data())
@drawn(10)
def test_a_free_operator_does_no_arithmetic_when_it_is_executed(name: str, data: DataObject) -> None:
    cost = ORACLES[name](data.draw(ORACLES[name].calls)).cost
    assert (cost.flops, cost.macs) == (0, 0)


@pytest.mark.parametrize("name", VIEWS)
@given(data=st.data())
@drawn(10)
def test_a_view_touches_nothing_at_all_when_it_is_executed(name: str, data: DataObject) -> None:
    assert name in FREE
    assert ORACLES[name](data.draw(ORACLES[name].calls)).cost == ZERO


@pytest.mark.parametrize("name", OPERATORS.names())
@given(data=st.data())
@drawn(15)
def test_the_canonical_spelling_of_a_call_costs_the_same_and_is_final(name: str, data: DataObject) -> None:
    call, kind = data.draw(ORACLES[name].calls), OPERATORS[name]
    tensors, attributes = bound(name, call)
    assert kind.cost(**tensors, **attributes) == kind.cost(**call.arguments)
    assert kind.shape(**tensors, **attributes) == kind.shape(**call.arguments)
    assert kind.canonical(attributes) == attributes


@pytest.mark.parametrize("name", SLIDING)
@given(data=st.data())
@drawn(15)
def test_the_declared_window_is_the_one_that_slides(name: str, data: DataObject) -> None:
    call, dims = data.draw(ORACLES[name].calls), int(name[-2])
    tensors, attributes = bound(name, call)
    kernel = sliding.spread(attributes.get("kernel_size") or tensors["weight"].shape[2:], dims)
    stride = call.attributes["stride"]
    dilation = sliding.spread(call.attributes.get("dilation", 1), dims)
    node = node_of(name, call)
    reaches = [trace[1] for trace in OPERATORS[name].sees(node, node.arguments[0]).axes[-dims:]]
    assert [reach.taps[0][-1] - reach.taps[0][0] + 1 for reach in reaches] == list(
        map(sliding.extent, kernel, dilation)
    )
    assert [reach.advance for reach in reaches] == list(sliding.spread(stride, dims) if stride else kernel)


@pytest.mark.parametrize("spelling", [3, (3,), [3], (3, 3), [3, 3]])
def test_every_spelling_of_a_kernel_is_one_attribute(spelling: Any) -> None:
    input = TensorSpec((1, 1, 9, 9))
    _, attributes = bound("max_pool2d", Call({"input": input}, {"kernel_size": spelling, "stride": spelling}))
    assert attributes["kernel_size"] == attributes["stride"] == (3, 3)


def test_a_call_with_arguments_the_operator_does_not_have_is_a_type_error() -> None:
    spec = TensorSpec((1,))
    with pytest.raises(TypeError, match="relu does not take these arguments"):
        OPERATORS["relu"].bind((spec, False, 1), {})
    with pytest.raises(TypeError, match="relu does not take these arguments"):
        OPERATORS["relu"].bind((spec,), {"slope": 0.1})


@pytest.mark.parametrize(("name", "attribute"), [("reshape", "shape"), ("permute", "dims")])
def test_sizes_and_dimensions_may_be_one_argument_or_many_or_named(name: str, attribute: str) -> None:
    bind, x = OPERATORS[name].bind, TensorSpec((2, 3))
    wanted = {"input": x, attribute: (1, 0)}
    assert bind((x, 1, 0), {}) == bind((x, (1, 0)), {}) == bind((x, [1, 0]), {}) == wanted
    assert bind((x,), {attribute: (1, 0)}) == bind((), {"input": x, attribute: [1, 0]}) == wanted


@pytest.mark.parametrize("name", ["clone", "contiguous"])
def test_a_memory_format_changes_nothing(name: str) -> None:
    bind, x = OPERATORS[name].bind, TensorSpec((2, 3))
    assert bind((x,), {"memory_format": "channels_last"}) == bind((), {"input": x}) == {"input": x}


def test_torchs_other_spellings_of_a_call_are_understood() -> None:
    x, v = TensorSpec((2, 3)), TensorSpec((3,))
    batch_norm, dropout, softmax = (OPERATORS[name] for name in ("batch_norm", "dropout", "softmax"))
    functional = batch_norm.bind((x, v, v), {"weight": None, "training": True, "momentum": 0.2, "eps": 1e-3})
    assert batch_norm.bind((x, None, None, v, v, True, 0.2, 1e-3, False), {}) == functional
    assert batch_norm.bind((x, None, None), {**functional_names(v), "cudnn_enabled": False}) == functional
    assert dropout.bind((x,), {"p": 0.1, "train": False}) == dropout.bind((x, 0.1, False), {})
    assert softmax.bind((x, 1, "float64"), {}) == softmax.bind((x,), {"dim": 1, "dtype": "float64"})


def functional_names(vector: TensorSpec) -> dict[str, Any]:
    return {"running_mean": vector, "running_var": vector, "training": True, "momentum": 0.2, "eps": 1e-3}


@pytest.mark.torch
@pytest.mark.parametrize("name", OPERATORS.names())
def test_an_operators_torch_names_are_functions_of_torch_or_spellings_it_might_have(name: str) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("torchvision")  # puts its operators under torch.ops
    found = [reduce(lambda at, part: getattr(at, part, None), d.split(".")[1:], torch) for d in OPERATORS[name].torch]
    assert any(found)
    assert all(function is None or callable(function) for function in found)


@pytest.mark.parametrize("by_values", [False, True])
def test_no_torch_function_is_two_operators_unless_values_tell_them_apart(by_values: bool) -> None:
    names = [dotted for kind in OPERATORS if kind.by_values is by_values for dotted in kind.torch]
    assert len(names) == len(set(names))


@pytest.mark.torch
@given(
    dims=st.integers(1, 3), depth=st.integers(1, 3), outs=st.integers(1, 3), groups=st.integers(1, 3), data=st.data()
)
@drawn(25)
def test_the_parameters_of_a_layer_are_those_torch_makes(
    dims: int, depth: int, outs: int, groups: int, data: DataObject
) -> None:
    torch = pytest.importorskip("torch")
    bias = data.draw(st.booleans())
    kernel = data.draw(st.integers(1, 4) | st.tuples(*[st.integers(1, 4)] * dims))
    layers = {
        f"conv{dims}d": (
            getattr(torch.nn, f"Conv{dims}d"),
            (depth * groups, outs * groups, kernel),
            {"groups": groups, "bias": bias},
        ),
        "linear": (torch.nn.Linear, (depth, outs), {"bias": bias}),
        "batch_norm": (getattr(torch.nn, f"BatchNorm{dims}d"), (depth,), {"affine": bias}),
    }
    for name, (layer, sizes, chosen) in layers.items():
        theirs = {key: tuple(value.shape) for key, value in layer(*sizes, **chosen, device="meta").named_parameters()}
        assert OPERATORS[name].params(*sizes, **chosen) == theirs
