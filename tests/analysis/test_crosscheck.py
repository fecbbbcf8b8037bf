"""The bill between two ways of counting adds up, whatever the peer says."""

import pytest

from netstat.analysis.crosscheck import crosscheck
from netstat.conventions import CONVENTIONS, MACS, Convention, Term
from netstat.cost import Cost
from netstat.graph import Argument, Graph, Node, Source, TensorSpec
from netstat.records.crosscheck import BillItem, CrossCheck, LayerCheck, PeerCount

INPUT = TensorSpec((1, 4))


def node(op: str, path: str, call: int = 0) -> Node:
    return Node(op, path, "", True, True, call, (Argument("input", INPUT, Source("input", "input")),), {}, (INPUT,))


GRAPH = Graph(
    "model",
    (("input", INPUT),),
    (node("linear", "a"), node("relu", "a.act"), node("linear", "b"), node("linear", "b", 1), node("gelu", "")),
)
COSTS = [Cost(macs=100), Cost(compares=4), Cost(macs=10), Cost(macs=10), None]
CONVENTION = Convention(
    "tool",
    "macs",
    "for tests",
    (
        MACS,
        Term("relu counted as 1 per element", lambda node, cost: cost.compares),
        Term("linear layers counted with a bias", lambda node, cost: 3 if node.op == "linear" else 0),
        Term("gelu counted as 2 per element", lambda node, cost: 8 if node.op == "gelu" else 0),
        Term("never the case here", lambda node, cost: 0),
    ),
)
PREDICTED = 120 + 4 + 3 * 3 + 8


def checked(count: PeerCount) -> CrossCheck:
    return crosscheck(GRAPH, CONVENTION, count, COSTS)


def test_every_step_from_ours_to_theirs_is_a_term_with_its_layers() -> None:
    check = checked(PeerCount("tool", "1.0", PREDICTED))
    assert check.ours == 120
    assert check.terms == (
        BillItem("relu counted as 1 per element", 4, ("a.act",)),
        BillItem("linear layers counted with a bias", 9, ("a", "b")),
        BillItem("gelu counted as 2 per element", 8, ("",)),
    )
    assert check.ours + sum(term.amount for term in check.terms) == check.predicted == PREDICTED
    assert check.closed


def test_what_no_rule_accounts_for_is_unexplained() -> None:
    check = checked(PeerCount("tool", "1.0", PREDICTED + 1))
    assert check.unexplained == 1
    assert not check.closed


def test_modules_are_compared_with_the_sum_of_their_calls() -> None:
    check = checked(PeerCount("tool", "1.0", PREDICTED, {"a": 103, "a.act": 4, "b": 26, "never_called": 0}))
    assert check.layers == (LayerCheck("a", 103, 103), LayerCheck("a.act", 4, 4), LayerCheck("b", 26, 26))
    assert check.closed


def test_modules_off_in_opposite_ways_are_not_closed_by_the_total() -> None:
    check = checked(PeerCount("tool", "1.0", PREDICTED, {"a": 102, "b": 27}))
    assert check.unexplained == 0
    assert [layer.unexplained for layer in check.layers] == [-1, 1]
    assert not check.closed


def test_a_module_that_only_the_peer_saw_run_is_listed() -> None:
    check = checked(PeerCount("tool", "1.0", PREDICTED, {"ghost": 5}))
    assert check.layers == (LayerCheck("ghost", 5, 0),)
    assert not check.closed


def test_a_peer_without_a_figure_is_predicted_and_never_closed() -> None:
    check = checked(PeerCount("tool", "", error="tool is not installed"))
    assert (check.reported, check.unexplained, check.error) == (None, None, "tool is not installed")
    assert (check.predicted, check.layers) == (PREDICTED, ())
    assert not check.closed


def test_names_units_and_parameters_are_handed_on() -> None:
    check = checked(PeerCount("tool", "1.0", PREDICTED, params=7, note="of another version"))
    assert (check.peer, check.version, check.unit, check.reported_params) == ("tool", "1.0", "macs", 7)
    assert check.note == "of another version"


def test_a_convention_that_starts_elsewhere_has_no_bill() -> None:
    with pytest.raises(ValueError, match="'documents' does not start from multiply-accumulates"):
        crosscheck(GRAPH, CONVENTIONS["documents"], PeerCount("tool", "1.0", 0), COSTS)


def test_one_cost_per_node_is_asked_for() -> None:
    with pytest.raises(ValueError, match="4 costs for 5 nodes"):
        crosscheck(GRAPH, CONVENTION, PeerCount("tool", "1.0", 0), COSTS[:-1])
