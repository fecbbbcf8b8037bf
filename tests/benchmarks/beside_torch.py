"""One process in which netstat and torch.utils.benchmark take turns at the same forward pass of the same module.

python -m tests.benchmarks.beside_torch   prints the seconds of both, as JSON
"""

import json
import random
import sys

import torch
from torch.utils.benchmark import Timer

from netstat.frontends.resolve import resolve
from netstat.frontends.subject import Inputs
from netstat.measure.configuration import Configuration
from netstat.measure.settings import DEFAULT
from netstat.measure.source import InHand
from netstat.measure.worker import Here

MODEL, ROUNDS, SECONDS, SEED = "alexnet", 10, 0.5, 20260101


def main() -> None:
    subject = resolve(MODEL, Inputs())
    module = subject.module().eval()
    configuration = Configuration(subject.graph.inputs)
    worker = Here(InHand(module, subject.graph, owned=True), DEFAULT)
    worker.open()
    worker.warm(configuration)
    x = torch.randn(configuration.inputs[0][1].shape)
    timer = Timer("module(x)", globals={"module": module, "x": x}, num_threads=torch.get_num_threads())
    ours: list[float] = []
    theirs: list[float] = []

    def netstats() -> None:
        ours.extend(block.seconds for block in worker.turn(configuration, SECONDS, DEFAULT.samples).blocks)

    def torchs() -> None:
        theirs.extend(timer.blocked_autorange(min_run_time=SECONDS).times)

    turns = [netstats, torchs] * ROUNDS
    random.Random(SEED).shuffle(turns)
    for turn in turns:
        turn()
    sys.stdout.write(json.dumps({"ours": ours, "theirs": theirs}))


if __name__ == "__main__":
    main()
