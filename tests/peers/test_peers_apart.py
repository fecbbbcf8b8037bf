"""A peer in a process of its own: nothing it does reaches this one, however it ends."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from netstat.peers import PEERS, Figures, Peer, consult, run
from netstat.records.crosscheck import PeerCount
from tests.peers.settled import ALL

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402

from tests.peers.traces import network, peer, process, same, state  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers]


@pytest.fixture(autouse=True)
def interrupts_are_heard() -> Iterator[None]:
    """Shells start what runs in the background deaf to them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


WITH_FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not copy processes")
ROOT = Path(__file__).parents[2]


def apart(count: Callable[..., Figures], **more: Any) -> Peer:
    return peer(count, apart=True, **more)


def counted(count: Callable[[], Any], **more: Any) -> PeerCount:
    """What comes of a peer apart that does this with a module that does nothing."""
    return consult(apart(lambda module, inputs: Figures(count() or 0, {})), nn.ReLU(), (), **more)


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """No child that was not waited for, no file descriptor that was not closed."""
    before, known = descriptors(), children()
    yield
    assert descriptors() == before
    assert children() <= known


def descriptors() -> set[Path]:
    """Open ones of this process, less the one that the list itself takes."""
    return {path for path in [*Path("/dev/fd").iterdir()] if path.exists()} if hasattr(os, "fork") else set()


def children() -> set[int]:
    """Processes that this one started and has not waited for, an earlier test's among them."""
    found: set[int] = set()
    told = [*Path("/proc/self/task").glob("*/children")]
    for task in told:
        with suppress(OSError):  # a thread that has ended meanwhile
            found.update(map(int, task.read_text().split()))
    if not told and hasattr(os, "fork"):  # a system that does not list them still says whether there is one
        with suppress(ChildProcessError):
            found.add(os.waitpid(-1, os.WNOHANG)[0])
    return found


def spoil(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
    """All that a peer was ever seen to do, and more."""
    print("hello")  # noqa: T201
    print("hello", file=sys.__stderr__)
    os.write(1, b"hello")
    os.system("echo hello")
    warnings.warn("hello", stacklevel=1)
    warnings.simplefilter("error")
    logging.disable(logging.NOTSET)
    logging.getLogger().addHandler(logging.StreamHandler(sys.__stderr__))
    logging.error("hello")
    torch.nn.functional.linear = torch.matmul = torch.Tensor.__add__ = max
    nn.Module.__call__ = nn.Sequential.__call__ = lambda self, *inputs: 0
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(3)
    torch.manual_seed(7)
    torch.set_grad_enabled(False)
    os.environ["HOME"] = "nowhere"
    sys.path.append("nowhere")
    sys.modules["json"] = sys.modules.pop("random")
    os.chdir("/")
    threading.Thread(target=time.sleep, args=(60,), daemon=False).start()
    with torch.no_grad():
        for tensor in (*module.state_dict().values(), *inputs):
            tensor.fill_(7)
    for child in module.modules():
        for name in [*child._parameters]:
            delattr(child, name)
    return Figures(1.0, {"": 1}, 7)


@WITH_FORKS
@pytest.mark.parametrize("needs_values", [True, False])
def test_a_peer_that_spoils_all_it_can_reach_leaves_no_trace(
    needs_values: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    model, input = network(), torch.zeros(2, 3, 8, 8)
    before, modules = (state(model), process()), dict(sys.modules)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        count = consult(apart(spoil, needs_values=needs_values), model, (input,))
    assert (count.total, count.by_path, count.params, count.error) == (1, {"": 1}, 7, "")
    assert same(state(model), before[0])
    assert same(process(), before[1])
    assert {name: module for name, module in sys.modules.items() if name in modules} == modules
    assert not input.any()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ALL)
def test_the_figures_are_those_it_has_in_this_process(name: str) -> None:
    model, input = network(), torch.randn(2, 3, 8, 8)
    torch.randn(512, 512) @ torch.randn(512, 512)  # has the threads started that are not there in a copy
    here, there = (consult(replace(PEERS[name], apart=way), model, (input,)) for way in (False, True))
    assert here.error == ""
    assert there == here


@WITH_FORKS
def test_it_runs_elsewhere_and_on_one_thread() -> None:
    assert counted(os.getpid).total != os.getpid()
    assert counted(torch.get_num_threads).total == 1


def raises() -> None:
    raise KeyError("first line\nsecond line")


@WITH_FORKS
@pytest.mark.parametrize(
    ("end", "error"),
    [
        (raises, "KeyError: 'first line\\nsecond line'"),
        (lambda: sys.exit(3), "SystemExit: 3"),
        (os.abort, "its process was ended by signal 6 (Aborted)"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "its process was ended by signal 9 (Killed)"),
        (lambda: signal.raise_signal(signal.SIGSEGV), "its process was ended by signal 11 (Segmentation fault)"),
        (lambda: os._exit(0), "its process exited with code 0 and without a figure"),
        (lambda: os._exit(9), "its process exited with code 9 and without a figure"),
        (lambda: signal.raise_signal(signal.SIGINT), "its process exited with code 1 and without a figure"),
        (lambda: 0.5, "ValueError: it reports 0.5, which is no whole number of operations"),
    ],
)
def test_however_it_ends_one_line_says_so(
    end: Callable[[], Any], error: str, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    count = counted(end)
    assert (count.total, count.error) == (None, error)
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []  # no core dump


@WITH_FORKS
def test_one_that_closes_what_its_figure_would_come_through_is_ended() -> None:
    assert counted(lambda: os.closerange(3, 256)).error.startswith("its process ")


@WITH_FORKS
def test_one_that_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    note = tmp_path / "pid"

    def sleep() -> None:
        note.write_text(str(subprocess.Popen(["sleep", "60"]).pid))
        time.sleep(60)

    start = time.monotonic()
    assert counted(sleep, time_limit=1).error == "took longer than 1 s; raise it by --time-limit"
    assert time.monotonic() - start < 5
    assert ended(int(note.read_text()))


def ended(pid: int) -> bool:
    """Whether a process is gone, or is about to be: whoever adopted it has to take note of its end."""
    for _ in range(100):
        shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
        if shown.stdout.strip()[:1] in ("", "Z"):
            return True
        time.sleep(0.05)
    return False


@WITH_FORKS
def test_a_process_it_leaves_behind_is_not_waited_for() -> None:
    def leave() -> None:
        if not os.fork():
            time.sleep(60)

    start = time.monotonic()
    assert counted(leave).total == 0
    assert time.monotonic() - start < 5


@WITH_FORKS
def test_an_interrupt_ends_it() -> None:
    """A person's Ctrl-C, which reaches this process alone."""

    def interrupt() -> None:
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(60)

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        counted(interrupt)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_a_model_that_cannot_be_pickled_is_run_all_the_same(device: str) -> None:
    class Local(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(4, 4, device=device)
            self.twice = lambda x: 2 * x

        def forward(self, x: Tensor) -> Tensor:
            return self.twice(self.fc(x))

    def run(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
        return Figures(module(*inputs).numel(), {})

    assert consult(apart(run), Local(), (torch.ones(2, 4, device=device),)).total == 8


@WITH_FORKS
def test_many_figures_come_through_and_from_several_threads_at_once() -> None:
    paths = {f"layer.{i}.ümlaut\n": 2**70 + i for i in range(20_000)}
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(consult, apart(lambda module, inputs: Figures(1, paths)), nn.ReLU(), ()) for _ in range(4)]
    assert [job.result().by_path == paths for job in jobs] == [True] * 4


@WITH_FORKS
def test_peers_run_by_several_threads_at_once_leave_the_process_as_it_was() -> None:
    model, input = nn.Sequential(nn.Linear(8, 8), nn.ReLU()).eval(), torch.zeros(2, 8)
    names = ["thop", "torch", "torchinfo", "fvcore"]
    alone = [run(name, model, (input,)) for name in names]
    before = process()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda name: run(name, model, (input,)), names * 4))
    assert together == alone * 4
    assert same(process(), before)


@WITH_FORKS
def test_it_is_found_where_children_are_forgotten() -> None:
    handler = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert counted(lambda: 5).total == 5
        assert counted(os.abort).error == "its process exited with code 0 and without a figure"
    finally:
        signal.signal(signal.SIGCHLD, handler)


PROGRAM = """
import atexit, os, sys
from torch import nn
from tests.peers.traces import peer
from netstat.peers import Figures, consult
atexit.register(lambda: os.write(1, b"at exit "))
sys.stdout.write("buffered ")
count = consult(peer(lambda module, inputs: Figures(5, {}), apart=True), nn.ReLU(), ())
sys.stdout.write(f"{count.total} ")
"""


@pytest.mark.slow
def test_what_the_process_does_at_its_end_is_done_once() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == ["5", "at", "buffered", "exit"]


def test_where_processes_are_not_copied_it_runs_in_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork", raising=False)
    assert counted(os.getpid).total == os.getpid()
    assert counted(lambda: sys.exit(3)).error == "SystemExit: 3"


def test_modules_that_leave_no_traces_are_imported_once_for_all_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "large_and_innocent.py").write_text("import os\nPID = os.getpid()\n")

    def count(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
        return Figures(sys.modules["large_and_innocent"].PID, {})

    try:
        assert consult(apart(count, before=("large_and_innocent", "not_there")), nn.ReLU(), ()).total == os.getpid()
    finally:
        sys.modules.pop("large_and_innocent", None)


@pytest.mark.gpu
def test_a_model_on_a_gpu_is_fetched_first() -> None:
    def run(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
        return Figures(module(*inputs).numel(), {})

    assert consult(apart(run), nn.Linear(4, 4).cuda(), (torch.ones(2, 4, device="cuda"),)).total == 8
