"""A split model run for real: a process per card, each with its part of the weights, held against the model in one.

What the processes counted when they sent it stands beside what the partition says, and outputs and gradients beside
those of the model in one process.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from netstat.errors import ModelError
from netstat.graph import Graph
from netstat.measure import host
from netstat.measure.card_process import BACKEND, Sent, Task
from netstat.measure.messages import receive, send
from netstat.records.partition import Counted, Partition, Run
from netstat.records.ranges import number

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

DTYPES = ("float32", "float64")
UNITS = 2**12  # of the last place of the largest value: sums are taken in another order on other cards
SEED = 0
_START = "import sys; sys.path[:] = sys.argv[1:]; from netstat.measure.card_process import serve; serve()"


class Whole(NamedTuple):
    """What the model in one process makes of an input, and of a gradient of its output."""

    input: "Tensor"
    gradient: "Tensor"
    output: "Tensor"
    gradients: "dict[str, Tensor]"


def run_cards(module: "Module", graph: Graph, record: Partition) -> Run:
    """Run `record` in as many processes as it has cards, forward and backward, at its inputs.

    Args:
        module: the model with its values; it is changed, and nobody else's.
        graph: its forward pass.
        record: how it is split.

    Raises:
        ModelError: an operator or a dtype that cards do not run, or a process that fails.
    """
    import torch

    from netstat.frontends.card import check_runs, slices

    check_runs(graph)
    if record.dtype not in DTYPES:
        raise ModelError(f"cards run in {' or '.join(DTYPES)}, not in {record.dtype}; the bytes are those of the dtype")
    module = module.to(getattr(torch, record.dtype)).eval()
    whole = _in_one(module, record)
    tensors = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    threads = max(1, len(host.affinity()) // record.ways)
    with TemporaryDirectory(prefix="netstat-") as folder:
        tasks = [Task(folder, card, graph, record, threads) for card in range(record.ways)]
        for task in tasks:
            part = slices(record, task.card, tensors)
            torch.save({"tensors": part, "input": whole.input, "gradient": whole.gradient}, task.holds)
        sent = _sent(tasks)
        output, gradients = _differences(record, whole, tasks)
    bound = UNITS * torch.finfo(getattr(torch, record.dtype)).eps
    return Run(BACKEND, tuple(_counted(record, sent)), output, gradients, bound)


def _in_one(module: "Module", record: Partition) -> Whole:
    """Random input and gradient, the same ones every time."""
    import torch

    generator, dtype = torch.Generator().manual_seed(SEED), getattr(torch, record.dtype)
    given = torch.randn(record.inputs[0].shape, generator=generator, dtype=dtype)
    if record.lrn == "within":
        _normalise_within(module, record)
    output = module(given)
    gradient = torch.randn(output.shape, generator=generator, dtype=dtype)
    if output.requires_grad:  # something is trained
        output.backward(gradient)
    gradients = {name: p.grad for name, p in module.named_parameters() if p.grad is not None}
    return Whole(given, gradient, output.detach(), gradients)


def _normalise_within(module: "Module", record: Partition) -> None:
    """Let local response normalisation see the channels of one card at a time.

    Raises:
        ModelError: it is no module's.
    """
    import torch
    from torch import nn

    for row in record.layers:
        if row.op == "local_response_norm":
            norm = module.get_submodule(row.path)
            if not isinstance(norm, nn.LocalResponseNorm):
                raise ModelError(f"the normalisation in '{row.path}' is no torch.nn.LocalResponseNorm; run it across")
            sizes = [number(part) for part in row.parts]
            norm.register_forward_hook(
                lambda norm, args, _, sizes=sizes: torch.cat([norm.forward(x) for x in args[0].split(sizes, 1)], 1)
            )


def _sent(tasks: Sequence[Task]) -> Sent:
    """Run the tasks at the same time; what all of them sent."""
    with _processes(len(tasks)) as processes, ThreadPoolExecutor(len(tasks)) as pool:
        try:
            asked = [pool.submit(_ask, process, task) for process, task in zip(processes, tasks, strict=True)]
            return sum((each.result() for each in as_completed(asked)), Sent())
        except BaseException:
            _end(processes)  # whoever still waits for an answer gets none
            raise


@contextmanager
def _processes(many: int) -> Iterator[list["subprocess.Popen[bytes]"]]:
    command = [sys.executable, "-c", _START, *sys.path]
    found: list[subprocess.Popen[bytes]] = []
    try:
        while len(found) < many:
            found.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        yield found
    finally:
        _end(found)


def _ask(process: "subprocess.Popen[bytes]", task: Task) -> Sent:
    assert process.stdin
    assert process.stdout
    try:
        send(process.stdin, task)
        sent, failure = receive(process.stdout)
    except (OSError, EOFError):
        raise ModelError(f"the process of card {task.card} ended with code {process.wait()}") from None
    if failure:
        raise ModelError(f"card {task.card} failed: {failure}")
    return sent  # type: ignore[no-any-return]


def _end(processes: Sequence["subprocess.Popen[bytes]"]) -> None:
    for process in processes:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                if stream:
                    stream.close()


def _differences(record: Partition, whole: Whole, tasks: Sequence[Task]) -> tuple[float, float]:
    """The largest of outputs and of gradients, as shares of the largest values."""
    import torch

    from netstat.frontends.exchange import Held

    outputs, summed = [], {name: torch.zeros_like(gradient) for name, gradient in whole.gradients.items()}
    for task in tasks:
        found = torch.load(task.found, weights_only=True)
        outputs.append(_difference(found["output"], whole.output))
        for each in record.slices:
            if each.name in found["gradients"]:
                own = Held(summed[each.name], each.axis, ((0, summed[each.name].shape[each.axis]),))
                own.add(each.parts[task.card], found["gradients"][each.name])
    return max(outputs), max((_difference(summed[name], g) for name, g in whole.gradients.items()), default=0.0)


def _difference(found: "Tensor", expected: "Tensor") -> float:
    largest = expected.abs().max().item() or 1.0
    return float((found - expected).abs().max().item() / largest)


def _counted(record: Partition, sent: Sent) -> Iterator[Counted]:
    for place, row in enumerate(record.layers):
        yield Counted(row.path, row.op, row.call, sent[place, False], sent[place, True])
