"""Conventions as data: named, worded, and there without the tools they speak of."""

import json
import subprocess
import sys

import pytest

from netstat.conventions import CONVENTIONS, MACS, Convention, Counted
from netstat.cost import Cost
from netstat.graph import Argument, Graph, Node, Source, TensorSpec
from netstat.peers import PEERS

LINEAR = Node(
    op="linear",
    path="fc",
    module="Linear",
    stock=True,
    leaf=True,
    call=0,
    arguments=(
        Argument("input", TensorSpec((2, 16)), Source("input", "input")),
        Argument("weight", TensorSpec((10, 16)), Source("param", "fc.weight")),
    ),
    attributes={},
    outputs=(TensorSpec((2, 10)),),
)
MULTIPLIED = 2 * 16 * 10
COST = Cost(macs=MULTIPLIED, multiplies=MULTIPLIED, adds=MULTIPLIED - 2 * 10)


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "unit", "figure"),
    [
        ("documents", "flops", 2 * MULTIPLIED - 2 * 10),
        ("macs", "macs", MULTIPLIED),
        ("literature", "flops", 2 * MULTIPLIED),
        ("thop", "macs", MULTIPLIED),
        ("fvcore", "flops", MULTIPLIED),
        ("torch", "flops", 2 * MULTIPLIED),
        ("paper", "connections", MULTIPLIED),
        ("thop-readme", "macs", 2 * MULTIPLIED - 2 * 10),
        ("ptflops-readme", "macs", MULTIPLIED),
    ],
)
def test_a_linear_layer_in_every_convention(name: str, unit: str, figure: int) -> None:
    convention = CONVENTIONS[name]
    assert (convention.name, convention.unit) == (name, unit)
    assert convention.count(Counted(Graph("model", (), (LINEAR,)), (COST,))) == figure


@pytest.mark.parametrize("name", PEERS.names())
def test_a_peer_and_its_convention_go_by_one_name(name: str) -> None:
    peer = PEERS[name]
    assert peer.name == peer.convention.name == name
    assert CONVENTIONS[name] is peer.convention
    assert peer.unit == peer.convention.unit


@pytest.mark.parametrize("name", PEERS.names())
def test_a_bill_starts_from_multiply_accumulates_and_states_each_rule_once(name: str) -> None:
    convention: Convention = PEERS[name].convention
    reasons = [term.reason for term in convention.terms]
    assert convention.terms[0] is MACS
    assert len(set(reasons)) == len(reasons)
    assert all(len(reason.split()) > 3 and "other" not in reason.split() for reason in reasons)


def test_peers_and_their_conventions_are_there_without_torch_or_any_peer() -> None:
    program = "import sys, json; from netstat.peers import PEERS; list(PEERS); print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"torch", "numpy", "thop", "fvcore", "pandas"}.isdisjoint(json.loads(done.stdout))
