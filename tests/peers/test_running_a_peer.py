"""A peer is run on a copy, in silence; whatever it does, the model and the process are as before."""

import importlib.metadata
import logging
import random
import sys
import time
import warnings
from collections.abc import Callable

import pytest

from netstat.errors import UsageError
from netstat.graph import TensorSpec
from netstat.peers import Figures, consult, example_inputs, run
from tests.peers.settled import ALL

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402

from tests.peers.traces import network, peer, process, same, state  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers]


def runs(name: str, model: nn.Module, *inputs: Tensor) -> None:
    """The peer gives a figure, and nothing is changed."""
    before = state(model), process(), [tensor.clone() for tensor in inputs]
    count = run(name, model, inputs)
    assert count.error == ""
    assert same(state(model), before[0])
    assert same(process(), before[1])
    assert all(torch.equal(a, b) for a, b in zip(inputs, before[2], strict=True))


@pytest.mark.parametrize("name", ALL)
def test_the_model_and_the_process_stay_as_they_are(name: str) -> None:
    run(name, nn.ReLU(), (torch.ones(1),))  # importing a package may change the process, and happens once
    runs(name, network(), torch.randn(2, 3, 8, 8))


@pytest.mark.parametrize("name", ALL)
def test_the_model_and_the_process_stay_as_they_are_when_forward_raises(name: str) -> None:
    model, five_channels = network(), torch.randn(2, 5, 8, 8)
    before = state(model), process()
    count = run(name, model, (five_channels,))
    assert count.total is None
    assert count.error.startswith("RuntimeError: Given groups=1")
    assert same(state(model), before[0])
    assert same(process(), before[1])


@pytest.mark.parametrize("name", ALL)
def test_a_model_in_training_mode_is_counted_as_in_evaluation(name: str) -> None:
    input = torch.randn(2, 3, 8, 8)
    assert run(name, network().train(), (input,)) == run(name, network().eval(), (input,))


class Noisy(nn.Module):
    """Prints, warns, logs, draws."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        print("hello", file=sys.stdout)  # noqa: T201
        print("hello", file=sys.stderr)  # noqa: T201
        warnings.warn("hello", stacklevel=1)
        logging.warning("hello")
        logging.getLogger("some.library").error("hello")
        random.random()
        return self.fc(x) + torch.rand(4)


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_printed_warned_or_logged(
    name: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run(name, Noisy(), (torch.randn(2, 4),)).error == ""
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


class LooksAtItsData(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x) if x.sum().item() > 0 else x


@pytest.mark.parametrize("name", ALL)
def test_a_model_that_looks_at_its_data_is_run_on_data(name: str) -> None:
    used, unused = (run(name, LooksAtItsData(), (sign * torch.ones(2, 4),)) for sign in (1, -1))
    assert used.error == unused.error == ""
    assert used.total
    assert unused.total == 0


class KeepsATensorOfItsOwn(nn.Module):
    """A plain attribute, and one that autograd made, which deepcopy refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.table = {"scale": torch.ones(4)}
        self.derived = self.fc.weight * 2

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.linear(self.fc(x) * self.table["scale"], self.derived.detach())


@pytest.mark.parametrize("name", ALL)
def test_tensors_outside_the_registers_go_along(name: str) -> None:
    assert run(name, KeepsATensorOfItsOwn(), (torch.ones(2, 4),)).error == ""


@pytest.mark.parametrize("name", ALL)
def test_a_model_without_data_stays_without(name: str) -> None:
    model = nn.Sequential(nn.Linear(16, 4, device="meta"), nn.BatchNorm1d(4, device="meta"))
    assert run(name, model, (torch.empty(2, 16, device="meta"),)).error == ""
    assert all(tensor.is_meta for tensor in model.state_dict().values())


@pytest.mark.parametrize("name", ALL)
def test_the_version_is_that_of_the_installed_package(name: str) -> None:
    assert run(name, nn.ReLU(), (torch.ones(1),)).version == importlib.metadata.version(name)


def test_a_missing_peer_says_how_to_get_it() -> None:
    count = consult(peer(lambda module, inputs: Figures(0, {}), package="no-such-package"), nn.ReLU(), ())
    assert (count.total, count.version) == (None, "")
    assert count.error == "no-such-package is not installed: pip install no-such-package"


def test_a_crash_is_told_in_one_line() -> None:
    def crash(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
        raise KeyError("first line\nsecond line")

    count = consult(peer(crash), nn.ReLU(), ())
    assert count.total is None
    assert "\n" not in count.error
    assert count.error.startswith("KeyError: ")


def test_leaving_is_told_like_a_crash() -> None:
    def leave(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
        sys.exit("enough")

    assert consult(peer(leave), nn.ReLU(), ()).error == "SystemExit: enough"


class Slow(nn.Module):
    """Takes its time at every call."""

    def forward(self, x: Tensor) -> Tensor:
        time.sleep(0.02)
        return x


def for_ever(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
    while True:
        module(*inputs)


def for_ever_in_other_words(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
    try:
        return for_ever(module, inputs)
    except Exception as error:
        raise RuntimeError("the model failed") from error


def until_it_fails(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
    try:
        return for_ever(module, inputs)
    except Exception:  # noqa: BLE001
        return Figures(1, {})


@pytest.mark.parametrize("needs_values", [True, False])
@pytest.mark.parametrize("count", [for_ever, for_ever_in_other_words, until_it_fails])
def test_a_peer_that_takes_too_long_is_stopped_at_the_next_module(
    count: Callable[..., Figures], needs_values: bool
) -> None:
    before = process()
    found = consult(peer(count, needs_values=needs_values), Slow(), (torch.ones(1),), time_limit=0.1)
    assert (found.total, found.error) == (None, "took longer than 0.1 s; raise it by --time-limit")
    assert same(process(), before)


def test_a_timeout_of_the_peers_own_is_told_as_what_it_is() -> None:
    def wait(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
        raise TimeoutError("no answer")

    assert consult(peer(wait), nn.ReLU(), ()).error == "TimeoutError: no answer"


def test_a_figure_of_a_version_the_rules_were_not_written_for_says_so() -> None:
    version = importlib.metadata.version("torch")

    def noted(*known: str) -> str:
        return consult(peer(lambda module, inputs: Figures(0, {}), known=known), nn.ReLU(), ()).note

    assert noted() == noted("0.9", version) == ""
    assert noted("0.9") == f"written for 0.9; {version} is predicted by the same rules"
    assert noted("0.9", "1.0") == f"written for 0.9 and 1.0; {version} is predicted by the same rules"


def test_a_figure_that_is_no_whole_number_is_an_error_and_not_rounded() -> None:
    count = consult(peer(lambda module, inputs: Figures(1.5, {})), nn.ReLU(), ())
    assert count.total is None
    assert "1.5" in count.error


def test_the_copy_a_peer_gets_is_its_own_and_in_evaluation_mode() -> None:
    model, seen = network().train(), []

    def spoil(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
        seen.append(module.training)
        with torch.no_grad():
            for tensor in (*module.state_dict().values(), *inputs):
                tensor.fill_(7)
        return Figures(1, {"": 1})

    before, input = state(model), torch.zeros(2, 3, 8, 8)
    assert consult(peer(spoil), model, (input,)).total == 1
    assert seen == [False]
    assert same(state(model), before)
    assert not input.any()


def test_a_peer_that_needs_no_values_gets_none() -> None:
    seen: list[Tensor] = []

    def look(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
        seen.extend((*module.parameters(), *inputs))
        return Figures(0, {})

    consult(peer(look, needs_values=False), nn.Linear(4, 4), (torch.ones(2, 4),))
    assert {tensor.device.type for tensor in seen} == {"cpu"}
    assert {type(tensor) is Tensor for tensor in seen} == {False}


def test_something_that_is_no_module_is_told_so() -> None:
    assert run("thop", torch.relu, (torch.ones(1),)).error.startswith("TypeError: it takes a torch.nn.Module")


def test_an_unknown_peer_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="did you mean thop"):
        run("thopp", nn.ReLU(), ())


def test_example_inputs_are_the_same_each_time_and_leave_the_generators_alone() -> None:
    inputs = [("x", TensorSpec((2, 3))), ("ids", TensorSpec((4,), "int64")), ("half", TensorSpec((5,), "bfloat16"))]
    before = process()
    first, second = example_inputs(inputs), example_inputs(inputs)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert [(tuple(t.shape), str(t.dtype)) for t in first] == [
        ((2, 3), "torch.float32"),
        ((4,), "torch.int64"),
        ((5,), "torch.bfloat16"),
    ]
    assert not torch.equal(first[0], example_inputs(inputs, seed=1)[0])
    assert all(tensor.is_meta for tensor in example_inputs(inputs, device="meta"))
    assert same(process(), before)
