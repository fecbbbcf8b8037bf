"""Figures on record for one operator at a time: predicted by conventions alone, and returned by the real counters.

Where what is installed today gives another, `tests.otherwise` says since when and why.
"""

from functools import cache

import pytest

from tests.on_record import ON_RECORD
from tests.otherwise import OTHERWISE, TODAY

torch = pytest.importorskip("torch")

from netstat.conventions import CONVENTIONS, Counted  # noqa: E402
from netstat.graph import Graph  # noqa: E402
from netstat.ops import node_cost  # noqa: E402
from netstat.peers import PEERS  # noqa: E402
from netstat.records.crosscheck import CrossCheck  # noqa: E402
from tests.one_operator import RECORDED  # noqa: E402
from tests.peers.apart import Model, checks  # noqa: E402
from tests.peers.settled import captured, said  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

PREDICTED = [tool for tool in TODAY if tool in CONVENTIONS]
RUN = [tool for tool in PREDICTED if tool in PEERS]


@cache
def model(case: str) -> Model:
    return RECORDED[case].make().eval(), (RECORDED[case].input,)


@cache
def graph(case: str) -> Graph:
    module, inputs = model(case)
    return captured(module, *inputs)


@cache
def run(tool: str) -> dict[str, CrossCheck]:
    """The real counter on every case."""
    return dict(zip(RECORDED, checks(tool, [model(case) for case in RECORDED], [*map(graph, RECORDED)]), strict=True))


@pytest.mark.parametrize("case", RECORDED)
@pytest.mark.parametrize("tool", PREDICTED)
def test_a_convention_alone_gives_the_figure_on_record(tool: str, case: str) -> None:
    if case not in TODAY[tool]:
        pytest.skip("the tool fails, or failed when figures were taken")
    counted = Counted.of(graph(case), [node_cost(node) for node in graph(case).nodes])
    assert CONVENTIONS[tool].count(counted) == TODAY[tool][case]


@pytest.mark.slow
@pytest.mark.parametrize("case", RECORDED)
@pytest.mark.parametrize("tool", RUN)
def test_the_real_counter_gives_the_figure_on_record_module_by_module(tool: str, case: str) -> None:
    check = run(tool)[case]
    if "not installed" in check.error:
        pytest.skip(check.error)
    if case not in TODAY[tool]:
        assert check.reported is None
        return
    assert check.reported == TODAY[tool][case]
    assert check.closed, said(check)


def test_no_figure_stands_as_an_exception_that_is_the_one_on_record() -> None:
    for tool, exceptions in OTHERWISE.items():
        for case, figure in ((case, figure) for other in exceptions for case, figure in other.figures.items()):
            assert case in RECORDED
            assert ON_RECORD[tool].get(case) != figure, (tool, case)
