"""Every operator, called as the oracle calls it: no peer counts one of them in a way that its convention does not say.

What somebody counts needs more than a call by itself: a case among those of single operators.
"""

import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given

from netstat.conventions import Counted
from netstat.graph import Graph
from netstat.ops import OPERATORS, node_cost
from netstat.peers import PEERS
from netstat.peers.rules.thop import RULES
from tests.peers.settled import ALL, captured, said, settled

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402

sys.path.append(str(Path(__file__).parents[1] / "ops"))
from oracle import ORACLES, Call  # noqa: E402
from oracle.counted import Tally  # noqa: E402
from oracle.draws import drawn  # noqa: E402
from oracle.reference import run_torch, to_torch, torch_alone_refuses  # noqa: E402

from tests.one_operator import RECORDED  # noqa: E402
from tests.peers.test_single_operators import UNRECORDED  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]


class Called(nn.Module):
    """A model that is one call; the tensors it is given are those of the call in order."""

    def __init__(self, name: str, call: Call) -> None:
        super().__init__()
        self.name, self.call = name, call

    def forward(self, *inputs: Tensor) -> Any:
        left = iter(inputs)
        named = {
            name: [next(left) for _ in given] if isinstance(given, list) else given and next(left)
            for name, given in self.call.tensors.items()
        }
        return run_torch(self.name, named, self.call.attributes)

    def inputs(self) -> list[Tensor]:
        tensors = map(to_torch, ORACLES[self.name].inputs(self.call, Tally()).values())
        lists = (given if isinstance(given, list) else [given] for given in tensors if given is not None)
        return [tensor for given in lists for tensor in given]


@cache
def models(name: str, count: int) -> list[tuple[Called, list[Tensor], Graph]]:
    """So many calls of an operator, with their inputs and graphs."""
    found = []

    @drawn(count)
    @given(ORACLES[name].calls)
    def draw(call: Call) -> None:
        assume(not torch_alone_refuses(name, call))
        model = Called(name, call.of_dtype("float32"))  # a CPU has not every kernel in half precision
        found.append((model, model.inputs(), captured(model, *model.inputs())))

    draw()
    return found


def closes(name: str, count: int) -> None:
    for model, inputs, graph in models(name, count):
        for peer in ALL:
            check = settled(peer, model, *inputs, graph=graph)
            failed = peer == "fvcore" and check.error  # it asserts ranks and sizes, and cannot trace everything
            assert check.closed or failed, (said(check), model.call)


@pytest.mark.parametrize("name", OPERATORS.names()[::8])  # every one in the slow tier
def test_the_conventions_predict_what_the_peers_make_of_a_call(name: str) -> None:
    closes(name, 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATORS.names())
def test_the_conventions_predict_what_the_peers_make_of_more_calls(name: str) -> None:
    closes(name, 2)


def counted(name: str) -> bool:
    """Whether it has multiply-accumulates, or some convention gives it a figure."""
    nodes = [node for _, _, graph in models(name, 3) for node in graph.nodes if node.op == name]
    assert nodes, f"{name} is never captured"
    alone = Counted.of(Graph(name, (), tuple(nodes)), [node_cost(node) for node in nodes])
    rules = [term for peer in ALL for term in PEERS[peer].convention.terms]
    return any(True for term in rules for _ in term.shares(alone))


@pytest.mark.slow
def test_every_operator_that_somebody_counts_is_met_by_a_case() -> None:
    cases = [*((case.make, case.input) for case in RECORDED.values())]
    cases += [(make, torch.zeros(shape)) for make, shape in UNRECORDED.values()]
    met = {node.op for make, input in cases for node in captured(make().eval(), input).nodes}
    wanted = {name for name in OPERATORS.names() if counted(name)}.union(*RULES.values())
    assert wanted - met == set()
