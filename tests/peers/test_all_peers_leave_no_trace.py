"""A cross-check against every counter there is leaves the model and the process as they were."""

import pytest

torch = pytest.importorskip("torch")

import netstat  # noqa: E402
from netstat.peers import PEERS, STANDARD  # noqa: E402
from tests.peers.traces import functions, network, process, same, state  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]


@pytest.mark.slow
def test_every_counter_is_run_and_leaves_no_trace() -> None:
    netstat.crosscheck(network(), (3, 8, 8), against=STANDARD)  # what they import once stays imported
    model = network()
    before, around = state(model), process()
    checks = netstat.crosscheck(model, (3, 8, 8), batch=2)
    assert same(state(model), before)
    assert same(process(), around)
    run = [check for check in checks.crosscheck if check.reported is not None]
    assert {check.peer for check in run} >= {*STANDARD}
    assert [check.peer for check in checks.crosscheck] == PEERS.names()
    assert all(check.closed for check in run), [check.peer for check in run if not check.closed]


def test_a_function_that_is_replaced_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = functions()
    monkeypatch.setattr(torch.nn.functional, "relu", torch.relu)
    assert functions() != before
