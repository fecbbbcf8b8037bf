"""Memory predicted and measured, and the documents' questions about it, as docs/memory.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import netstat
from netstat.records.memory import Measured, Memory
from netstat.units import deviation, exact, signed
from tests.benchmarks.page import table

PAGE = Path(__file__).parents[2] / "docs" / "memory.md"
CASES = [(name, batch) for name in ("alexnet", "vgg16", "resnet50", "vit_b_16") for batch in (1, 8)]
HEAD = """# Memory: predicted beside measured

`netstat memory MODEL` predicts what a forward pass and a training step need, and `--measure` runs both and follows
torch's allocator. How both are found is in [measuring](measuring.md#memory). This page is written by

```bash
python -m tests.memory
```

All figures are bytes: float32, SGD with momentum, gradients None when the step begins, on the CPU of one machine.
**Without workspace** is what outlives the operator that made it; **workspace** is what kernels take and give back
before they return (copies of operands in oneDNN's layout, indices of a pooling that nobody asked for): it is the
kernel library's choice, and in no prediction.
"""
CARDS = """## Does AlexNet at batch 128 train in 3 GB, on one card and on two?

Yes, on both: [partition](partition.md#does-training-at-batch-128-fit-in-3-gb-on-one-card-and-on-two) has what each
card holds and needs, and the largest batches.
"""


def render() -> str:
    """The page; measures, which takes a few minutes and 4 GB."""
    found = [(name, batch, netstat.memory(name, batch=batch, measure=True)) for name, batch in CASES]
    parts = [HEAD, "## Inference\n", _passes(found, "inference"), "## Training\n", _passes(found, "training")]
    return "\n".join([*parts, questions()])


def questions() -> str:
    """What needs no measurement."""
    return f"{CARDS}\n{_large_layers()}"


def _passes(found: list[tuple[str, int, Memory]], passed: str) -> str:
    heads = ["model", "batch", "predicted", "measured without workspace", "difference", "workspace", "measured", "off"]
    return table(heads, [[name, str(batch), *_figures(record, passed)] for name, batch, record in found])


def _figures(record: Memory, passed: str) -> Iterator[str]:
    measured: Measured = next(each for each in record.measured or () if each.passed == passed)
    predicted: Any = record.predicted(passed)
    assert measured.tensor_peak_bytes is not None
    assert measured.workspace_bytes is not None
    yield exact(predicted.peak_bytes)
    yield exact(measured.tensor_peak_bytes)
    yield signed(predicted.peak_bytes - measured.tensor_peak_bytes)
    yield exact(measured.workspace_bytes)
    yield exact(measured.peak_bytes)
    yield deviation(predicted.peak_bytes / measured.peak_bytes - 1)


def _large_layers() -> str:
    record = netstat.memory("alexnet-paper", training=False)
    large = sum(layer.param_bytes for layer in record.layers if layer.path in ("classifier.0", "classifier.3"))
    rows = [
        ["weights and biases (inference)", exact(large)],
        ["with gradients and momentum", exact(3 * large)],
        ["with gradients and Adam's two moments", exact(4 * large)],
    ]
    claim = """## "The two big fully connected layers hold nearly 1 GB of parameters"

Not as parameters, in float32: fc6 and fc7 of the paper's network hold 0.22 GB; training by SGD with momentum takes
three times that, and Adam, with 0.87 GB, comes nearest to the claim.
"""
    return f"{claim}\n{table(['fc6 and fc7', 'bytes'], rows)}"
