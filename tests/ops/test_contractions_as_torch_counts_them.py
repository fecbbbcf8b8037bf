"""Multiply-accumulates of contractions are those of torch.utils.flop_counter, wherever it knows the operator."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, DrawFn
from oracle import ORACLES, Call
from oracle.cases import each
from oracle.counted import Counted, Tally
from oracle.draws import drawn, per_dimension
from oracle.recurrent import layers
from oracle.tensors import Tensor

from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.einsum import parse

torch = pytest.importorskip("torch")
from oracle.reference import run_torch  # noqa: E402  needs torch
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

pytestmark = [pytest.mark.torch]
# It knows matrix products of two matrices and convolutions, and what torch puts together from them on the meta device.
KNOWN = ["mm", "bmm", "addmm", "baddbmm", "einsum", "multi_dot", "scaled_dot_product_attention"]
KNOWN += [f"{kind}{suffix}" for kind in ("lstm", "gru", "rnn_tanh", "rnn_relu") for suffix in ("", "_cell")]
KNOWN += [f"conv_transpose{dims}d" for dims in (1, 2, 3)]


def on_meta(call: Call) -> dict[str, Any]:
    """Tensors without values; how many sequences there are at each time step is a value."""

    def empty(spec: TensorSpec) -> Any:
        return torch.empty(spec.shape, dtype=getattr(torch, spec.dtype), device="meta")

    made = {name: each(specs, empty) for name, specs in call.tensors.items()}
    for name, (size, _) in call.ranges.items():
        if made[name] is not None:
            made[name] = torch.full(made[name].shape, size, dtype=made[name].dtype)
    return made


def counted(name: str, call: Call) -> int:
    """FLOPs by torch's counter."""
    tensors = on_meta(call)
    with FlopCounterMode(display=False) as counter, torch.backends.opt_einsum.flags(enabled=False):
        run_torch(name, tensors, call.attributes)
    return int(counter.get_total_flops())


def sizes_of_one(call: Call) -> bool:
    """Whether an index of an equation has size 1, over which torch multiplies instead."""
    operands = call.tensors.get("operands", [])
    terms = parse(call.attributes["equation"], operands).terms if operands else ()
    pairs = [pair for term, spec in zip(terms, operands, strict=True) for pair in zip(term, spec.shape, strict=True)]
    return any(max(size for other, size in pairs if other == label) == 1 for label, _ in pairs)


def torch_counts(name: str, call: Call) -> bool:
    """Neither matrix times vector nor what is written in place is one of its operators."""
    vectors = name == "multi_dot" and any(len(spec.shape) == 1 for spec in call.tensors["tensors"])
    return not (vectors or sizes_of_one(call) or call.attributes.get("inplace"))


@pytest.mark.parametrize("name", KNOWN)
@given(data=st.data())
@drawn(25)
def test_the_macs_are_half_of_torchs_flops(name: str, data: DataObject) -> None:
    call = data.draw(ORACLES[name].calls)
    assume(torch_counts(name, call))
    assert 2 * OPERATORS[name].cost(**call.arguments).macs == counted(name, call)


@pytest.mark.parametrize(
    ("left", "right"), [((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 1, 2, 3), (6, 3, 4)), ((3,), (5, 3, 4))]
)
def test_so_are_those_of_a_matmul_that_torch_makes_of_matrices(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    call = Call({"input": TensorSpec(left), "other": TensorSpec(right)}, {})
    assert 2 * OPERATORS["matmul"].cost(**call.arguments).macs == counted("matmul", call)


@pytest.mark.parametrize("dims", [1, 2, ((1,), (0,)), ((0, 1), (1, 0))])
def test_so_are_those_of_a_tensordot(dims: Any) -> None:
    call = Call({"a": TensorSpec((3, 3, 3)), "b": TensorSpec((3, 3, 3))}, {"dims": dims})
    assert 2 * OPERATORS["tensordot"].cost(**call.arguments).macs == counted("tensordot", call)


def test_torch_multiplies_where_the_summed_index_has_size_1_and_counts_nothing() -> None:
    call = Call({"operands": [TensorSpec((2, 1)), TensorSpec((1, 3))]}, {"equation": "ij,jk->ik"})
    assert counted("einsum", call) == 0
    assert OPERATORS["einsum"].cost(**call.arguments).macs == 6


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn_tanh", "rnn_relu"])
def test_packed_sequences_of_different_lengths_are_run_as_torch_runs_them(kind: str) -> None:
    lengths, hidden = [4, 2, 1], 3
    module = getattr(torch.nn, kind.split("_")[0].upper())
    chosen = {"nonlinearity": kind.removeprefix("rnn_")} if "_" in kind else {}
    module = module(2, hidden, num_layers=2, bidirectional=True, **chosen).double()
    padded = torch.rand(4, 3, 2, dtype=torch.float64)
    packed = torch.nn.utils.rnn.pack_padded_sequence(padded, lengths)
    tally = Tally()

    def ours(tensor: Any) -> Tensor:
        spec = TensorSpec(tuple(tensor.shape), "float64")
        filled = Tensor.filled(spec, tally, "")
        for at, value in zip(filled._values, tensor.flatten().tolist(), strict=True):
            filled._values[at] = Counted(value, tally)
        return filled

    zeros = torch.zeros(4, 3, hidden)
    hx = [ours(zeros), ours(zeros)] if kind == "lstm" else ours(zeros)
    params = list(map(ours, module._flat_weights))
    settings = {"has_biases": True, "num_layers": 2, "dropout": 0.0, "train": False, "bidirectional": True}
    data, sizes = ours(packed.data), ours(packed.batch_sizes)
    output, *states = layers(kind)(data, hx, params, **settings, batch_sizes=sizes)
    theirs, left = module(packed)
    assert output.plain() == pytest.approx(theirs.data.flatten().tolist(), abs=1e-12)
    left = left if kind == "lstm" else (left,)
    assert [state.plain() for state in states] == [pytest.approx(t.flatten().tolist(), abs=1e-12) for t in left]
    specs = {"input": data.spec, "params": [param.spec for param in params]}
    cost = OPERATORS[kind].cost(
        **specs,
        hx=[state.spec for state in hx] if kind == "lstm" else hx.spec,
        **settings,
        batch_sizes=TensorSpec((4,), "int64"),
    )
    assert cost.flops == tally.cost().flops
    assert cost.macs == tally.macs


@st.composite
def transposed(draw: DrawFn, dims: int) -> Call:
    """Configurations of which torch refuses many."""
    settings = {"stride": [1, 1, 2, 3, 0], "padding": [0, 0, 1, 2, -1], "dilation": [1, 1, 2, 0]}
    settings |= {"output_padding": [0, 0, 0, 1, 2, -1]}
    groups, depth, outs = draw(st.sampled_from([1, 1, 2, 0])), draw(st.integers(1, 4)), draw(st.integers(1, 2))
    kernel, sizes = draw(st.tuples(*[st.integers(1, 3)] * dims)), draw(st.tuples(*[st.integers(1, 4)] * dims))
    channels = draw(st.sampled_from([depth, depth, depth, depth + 1]))
    biases = st.sampled_from([None, TensorSpec((outs * groups,)), TensorSpec((outs * groups + 1,))])
    return Call(
        {
            "input": TensorSpec((*draw(st.sampled_from([(2, channels), (channels,), (1, 2, channels)])), *sizes)),
            "weight": TensorSpec((depth, outs, *kernel)),
            "bias": draw(biases),
        },
        {name: draw(per_dimension(st.sampled_from(values), dims)) for name, values in settings.items()}
        | {"groups": groups},
    )


@pytest.mark.parametrize("dims", [1, 2, 3])
@given(data=st.data())
@drawn(80)
def test_a_transposed_convolution_refuses_what_torch_refuses(dims: int, data: DataObject) -> None:
    name, call = f"conv_transpose{dims}d", data.draw(transposed(dims))
    assert by_netstat(name, call) == by_torch(name, call)


@pytest.mark.parametrize("name", ["mm", "bmm", "mv", "dot", "matmul", "inner", "outer", "kron"])
@given(left=st.lists(st.integers(1, 3), max_size=4), right=st.lists(st.integers(1, 3), max_size=4))
@drawn(80)
def test_a_matrix_product_refuses_what_torch_refuses(name: str, left: list[int], right: list[int]) -> None:
    second = OPERATORS[name].tensors[1]
    call = Call({"input": TensorSpec(tuple(left)), second: TensorSpec(tuple(right))}, {})
    assert by_netstat(name, call) == by_torch(name, call)


def by_torch(name: str, call: Call) -> tuple[int, ...] | None:
    """Shape of torch's result, None where it refuses."""
    tensors = {key: None if spec is None else torch.zeros(spec.shape) for key, spec in call.tensors.items()}
    try:
        return tuple(run_torch(name, tensors, call.attributes)[0].shape)
    except (RuntimeError, ValueError, IndexError):
        return None


def by_netstat(name: str, call: Call) -> tuple[int, ...] | None:
    try:
        return OPERATORS[name].shape(**call.arguments)[0].shape
    except ShapeError:
        return None
