"""calflops and DeepSpeed's profiler: both figures of both, predicted and returned, on operators, edges and models.

They replace functions of torch by ones that count, and DeepSpeed's is where calflops has them from.
"""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")

from netstat.conventions import CONVENTIONS, Counted  # noqa: E402
from netstat.frontends.outline import WeightsOnMeta  # noqa: E402
from netstat.graph import Graph  # noqa: E402
from netstat.ops import node_cost  # noqa: E402
from netstat.records.crosscheck import CrossCheck  # noqa: E402
from tests.one_operator import RECORDED  # noqa: E402
from tests.peers.apart import checks  # noqa: E402
from tests.peers.replaced_functions import EDGES, UNTOLD, TwoParents  # noqa: E402
from tests.peers.settled import captured, said  # noqa: E402
from tests.peers.test_single_operators import UNRECORDED  # noqa: E402
from tests.ten_models import TEN_MODELS, outlined  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

TOOLS = ("calflops", "calflops-macs", "deepspeed", "deepspeed-macs")
# They take the sizes of the weight for granted, and those of a tensor.
REFUSED = {
    "conv 1d without a batch": "AssertionError",
    "conv 3d without a batch": "AssertionError",
    "conv in 2 groups without a batch": "AssertionError",
    "lstm of packed sequences": "AttributeError: 'PackedSequence' object has no attribute 'shape'",
    "gru of packed sequences": "AttributeError: 'PackedSequence' object has no attribute 'shape'",
}
TO_ONE_NUMBER = {
    *("nearest upsampling 3d", "nearest-exact upsampling", "F.interpolate, antialiased", "F.interpolate, nearest"),
    *("upsampling, nearest by name", "upsampling, bilinear by name"),
}
OPERATORS = {**UNRECORDED, **EDGES, **UNTOLD}


@cache
def built(case: str) -> tuple[Any, tuple[Any, ...], Graph]:
    make, shape = OPERATORS[case]
    module, inputs = make().eval(), (torch.zeros(shape),)
    return module, inputs, captured(module, *inputs)


@cache
def settled(tool: str) -> dict[str, CrossCheck]:
    """The real counter on every case, in a process of its own."""
    models = [built(case) for case in OPERATORS]
    found = checks(tool, [(module, inputs) for module, inputs, _ in models], [graph for _, _, graph in models])
    return dict(zip(OPERATORS, found, strict=True))


def checked(tool: str, case: str) -> CrossCheck:
    check = settled(tool)[case]
    if "not installed" in check.error:
        pytest.skip(check.error)
    return check


def predicted(tool: str, graph: Graph) -> int:
    return CONVENTIONS[tool].count(Counted.of(graph, [node_cost(node) for node in graph.nodes]))


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in OPERATORS if case not in {*REFUSED, *TO_ONE_NUMBER, *UNTOLD}])
@pytest.mark.parametrize("tool", TOOLS)
def test_a_convention_predicts_what_the_tool_returns(tool: str, case: str) -> None:
    check = checked(tool, case)
    assert check.closed, said(check)


@pytest.mark.slow
@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("tool", TOOLS)
def test_what_a_tool_refuses_is_told_in_its_own_words(tool: str, case: str) -> None:
    check = checked(tool, case)
    assert check.reported is None
    assert check.error.startswith(REFUSED[case])


@pytest.mark.parametrize("case", sorted(TO_ONE_NUMBER | {"upsampling to one number"}))
@pytest.mark.parametrize("tool", ["calflops", "deepspeed"])
def test_upsampling_to_a_size_given_as_one_number_stays_unexplained(tool: str, case: str) -> None:
    """The number itself is counted; a graph has the sizes, and not how they were asked for."""
    check = checked(tool, case)
    dims = len(built(case)[1][0].shape) - 2
    assert (check.reported, check.predicted) == (5, 5**dims)


@pytest.mark.parametrize("tool", ["calflops", "deepspeed"])
def test_a_function_kept_as_an_object_stays_unexplained(tool: str) -> None:
    check = checked(tool, "F.relu, kept before it is replaced")
    assert (check.reported, check.predicted) == (0, 512)


@pytest.mark.parametrize("tool", ["calflops", "deepspeed"])
def test_the_older_name_of_interpolate_counts_it_twice_and_stays_unexplained(tool: str) -> None:
    check = checked(tool, "F.upsample")
    assert check.reported == 2 * check.predicted > 0


@pytest.mark.parametrize("tool", ["calflops-macs", "deepspeed-macs"])
@pytest.mark.parametrize("case", sorted({*TO_ONE_NUMBER, *UNTOLD}))
def test_multiply_accumulates_leave_nothing_unexplained(tool: str, case: str) -> None:
    assert checked(tool, case).closed


MISSED = "defect: {} counted as nothing"
LESS_ONE = "recurrent products counted as one sum less per gate and product"
BILLS: dict[tuple[str, str], dict[str, int]] = {
    ("calflops-macs", "x @ w"): {MISSED.format("matrix product by its sign @"): -3200},
    ("calflops-macs", "torch.bmm"): {MISSED.format("matrix products mm and bmm"): -3200},
    ("calflops-macs", "causal attention"): {MISSED.format("attention function"): -12800},
    ("calflops-macs", "bilinear"): {"product by a function that is not replaced, counted as nothing": -5440},
    ("deepspeed-macs", "x @ w"): {},
    ("deepspeed-macs", "einsum"): {"einsum counted in operations, and not in multiply-accumulates": -3200},
    ("calflops-macs", "lstm cell"): {"recurrent layer counted in operations, and not in multiply-accumulates": -1536},
    ("calflops-macs", "conv 4x4, padding same"): {
        "defect: even kernel padded to the same size, its padding rounded down on both sides": 37_632 - 49_152
    },
    ("calflops", "lstm, projected"): {
        "one multiply-accumulate counted as two operations": 13_440,
        LESS_ONE: -20 * 2 * 32,
        "recurrent biases counted as 2 per gate": 20 * 2 * 32,
        "recurrent gates and states counted as 1 per hidden value, in a GRU 7, in an LSTM 10": 20 * 10 * 8,
        "defect: projection of an LSTM counted as nothing": -20 * 2 * 8 * 4,
    },
    ("deepspeed", "transformer encoder layer"): {
        "one multiply-accumulate counted as two operations": 47_360,
        "activation by its function counted as 1 per element": 640,
        "transformer layer's activation, which it keeps a function for, not seen": -640,
        "layer, group and instance normalisation counted as 5 per element": 2 * 1600,
    },
}


@pytest.mark.parametrize(("tool", "case"), BILLS)
def test_a_difference_is_billed_under_its_name(tool: str, case: str) -> None:
    graph = captured(RECORDED[case].make().eval(), RECORDED[case].input)
    counted = Counted.of(graph, [node_cost(node) for node in graph.nodes])
    terms = CONVENTIONS[tool].terms[1:]
    bill = {term.reason: sum(share.amount for share in term.shares(counted)) for term in terms}
    assert {reason: amount for reason, amount in bill.items() if amount} == BILLS[tool, case]


def test_calflops_meets_a_block_once_for_every_parent_and_deepspeed_once() -> None:
    """The block is below one parent and, with that one, below another: three ways lead to it from the model."""
    graph = captured(TwoParents(torch.nn.Linear(16, 16)), torch.zeros(2, 16))
    once = 3 * 2 * 16 * 16
    assert predicted("deepspeed-macs", graph) == once
    assert predicted("calflops-macs", graph) == 3 * once


@pytest.mark.parametrize("tool", TOOLS)
def test_eight_images_are_eight_times_one(tool: str) -> None:
    graphs = [captured(RECORDED["conv 3x3, bias"].make(), torch.zeros(batch, 4, 8, 8)) for batch in (1, 8)]
    one, eight = (predicted(tool, graph) for graph in graphs)
    assert eight == 8 * one


@pytest.mark.parametrize(("tool", "params"), [("calflops", 0), ("deepspeed", 272)])
def test_calflops_reports_the_parameters_that_are_trained_and_deepspeed_all(tool: str, params: int) -> None:
    module = torch.nn.Sequential(torch.nn.Linear(16, 16)).requires_grad_(False)
    (check,) = checks(tool, [(module, (torch.zeros(2, 16),))], [captured(module, torch.zeros(2, 16))])
    if check.error:
        pytest.skip(check.error)
    assert check.reported_params == params


@cache
def of_torchvision(name: str) -> Graph:
    with WeightsOnMeta():
        module = torchvision.models.get_model(name).eval()
    return captured(module, torch.empty(1, 3, 224, 224, device="meta"))


@pytest.mark.parametrize("tool", ["calflops", "deepspeed"])
def test_the_bill_of_alexnet_is_the_one_on_record(tool: str) -> None:
    """484,992 biases of convolutions, 493,184 ReLUs, 376,832 pooled elements and 9,216 in the adaptive pool."""
    assert predicted(tool, of_torchvision("alexnet")) == 2 * 714_188_480 + 484_992 + 493_184 + 376_832 + 9_216


@pytest.mark.parametrize("tool", TOOLS)
def test_where_nothing_says_how_a_function_was_called_it_is_taken_for_the_usual_one(tool: str) -> None:
    """As in graphs that were not captured from running code."""
    graph = of_torchvision("alexnet")
    silent = replace(graph, nodes=tuple(node._replace(spelled=()) for node in graph.nodes))
    assert predicted(tool, silent) == predicted(tool, graph)


@pytest.mark.slow
@pytest.mark.parametrize("name", TEN_MODELS)
@pytest.mark.parametrize("tool", TOOLS)
def test_a_model_closes_in_total_and_per_module(tool: str, name: str) -> None:
    module, input = outlined(name)
    (check,) = checks(tool, [(module, (input,))], [captured(module, input)])
    if "not installed" in check.error:
        pytest.skip(check.error)
    assert check.closed, said(check)
    assert check.layers
