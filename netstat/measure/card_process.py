"""One card of a split model in a process of its own; what it hands over to be sent is counted where it is sent.

It reads its task from stdin, and ends when that does: with the run, with Ctrl-C, and with the parent's death.
"""

import os
import signal
import sys
from collections import Counter
from datetime import timedelta
from threading import Thread
from typing import IO, TYPE_CHECKING, NamedTuple

from netstat.errors import said
from netstat.graph import Graph
from netstat.measure.messages import receive, send
from netstat.records.partition import Partition

if TYPE_CHECKING:
    from torch import Tensor

    from netstat.frontends.exchange import Incoming, Outgoing

BACKEND = "gloo"
LONGEST = timedelta(minutes=2)  # that a card waits for another
Sent = Counter[tuple[int, bool]]  # bytes, by place in the graph and whether they are gradients


class Task(NamedTuple):
    """What a card is to do.

    Attributes:
        folder: of files: what each card holds, what each has found, and where they meet.
        card: which it is.
        graph, record: the model, and how it is split.
        threads: CPU threads of an operator.
    """

    folder: str
    card: int
    graph: Graph
    record: Partition
    threads: int

    @property
    def holds(self) -> str:
        """The file with its part of the weights, the input and the gradient of the output."""
        return f"{self.folder}/card-{self.card}"

    @property
    def found(self) -> str:
        """The file for the output and the gradients of its part of the weights."""
        return f"{self.folder}/found-{self.card}"


class Wire:
    """A channel of torch.distributed that counts what is handed to it.

    Attributes:
        sent: bytes.
    """

    def __init__(self) -> None:
        self.sent: Sent = Counter()

    def swap(
        self, place: int, outgoing: "Outgoing", incoming: "Incoming", like: "Tensor", *, backward: bool
    ) -> "list[Tensor]":
        """Everything is on its way before anything is waited for, so that no two cards wait for each other."""
        from torch import distributed

        tag = 2 * place + backward
        found = [like.new_empty(shape) for _, shape in incoming]
        ways = [distributed.irecv(got, card, tag=tag) for got, (card, _) in zip(found, incoming, strict=True)]
        for card, tensor in outgoing:
            self.sent[place, backward] += tensor.numel() * tensor.element_size()
            ways.append(distributed.isend(tensor, card, tag=tag))
        for work in filter(None, ways):
            work.wait()
        return found


def run(task: Task) -> Sent:
    """Meet the other cards, run forward and backward, write down what came out, and say what was sent."""
    import torch
    from torch import distributed

    from netstat.frontends.card import Card

    torch.set_num_threads(task.threads)
    held = torch.load(task.holds, weights_only=True)
    distributed.init_process_group(
        BACKEND,
        init_method=f"file://{task.folder}/store",
        rank=task.card,
        world_size=task.record.ways,
        timeout=LONGEST,
    )
    try:
        wire = Wire()
        card = Card(task.graph, task.record, task.card, held["tensors"], wire).eval()
        output = card(held["input"])
        if output.requires_grad:
            output.backward(held["gradient"])
        names = [each.name for each in task.record.slices]
        gradients = {name: grad for name in names if (grad := card.tensor(name).grad) is not None}
        torch.save({"output": output.detach(), "gradients": gradients}, task.found)
        distributed.barrier()  # nobody leaves while others still read what it has sent
        return wire.sent
    finally:
        distributed.destroy_process_group()


def serve() -> None:
    """One task from stdin, its outcome on stdout."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; it closes the pipe
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever libraries print
    if sys.platform == "linux":
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # all cards are on this machine
    task = receive(questions)
    Thread(target=_end_with, args=(questions,), daemon=True).start()
    try:
        outcome = run(task), ""
    except Exception as error:  # noqa: BLE001  the parent says it
        outcome = Counter(), said(error)
    send(answers, outcome)


def _end_with(stream: IO[bytes]) -> None:
    stream.read()
    os._exit(1)
