"""Memory predicted and measured, and the documents' questions about it, as docs/memory.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import netstat
from netstat.models.alexnet_card import AlexNetCard
from netstat.records.memory import Measured, Memory
from netstat.units import deviation, exact, signed
from tests.benchmarks.page import table

PAGE = Path(__file__).parents[2] / "docs" / "memory.md"
CASES = [(name, batch) for name in ("alexnet", "vgg16", "resnet50", "vit_b_16") for batch in (1, 8)]
GB, GIB = 10**9, 2**30
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
QUESTIONS = """## Does AlexNet at batch 128 train in 3 GB, on one card and on two?

The paper's network (`alexnet-paper`) at 3×227×227, batch 128, float32, SGD with momentum. On two cards each holds half
of every layer's kernels (`netstat.models.alexnet_card:AlexNetCard`): parameters, gradients, momentum and activations
are halved, the input is on both, and what conv3 and the fully connected layers need of the other card's activations is
received and held as well. Predicted for the operators torch has now: its local response normalisation alone keeps
several tensors of the size of its input. Workspace and what a driver takes come on top.
"""


def render() -> str:
    """The page; measures, which takes a few minutes and 4 GB."""
    found = [(name, batch, netstat.memory(name, batch=batch, measure=True)) for name, batch in CASES]
    parts = [HEAD, "## Inference\n", _passes(found, "inference"), "## Training\n", _passes(found, "training")]
    return "\n".join([*parts, QUESTIONS, *_cards(), _large_layers()])


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


def _cards() -> Iterator[str]:
    one = netstat.memory("alexnet-paper", batch=128, fit=[3 * GB, 3 * GIB])
    half = netstat.memory(AlexNetCard(), (3, 227, 227), batch=128, fit=[3 * GB, 3 * GIB])
    named = (("one card", one), ("each of two cards", half))
    fields = ("param_bytes", "gradient_bytes", "optimizer_bytes", "input_bytes", "saved_bytes", "activation_bytes")
    heads = ["", "parameters", "gradients", "momentum", "input", "saved", "other", "peak", "3 GB", "3 GiB"]
    rows = []
    for name, record in named:
        need = record.training
        assert need is not None
        fits = ["yes" if need.peak_bytes <= limit else "no" for limit in (3 * GB, 3 * GIB)]
        rows.append([name, *(exact(getattr(need, field)) for field in fields), exact(need.peak_bytes), *fits])
    yield table(heads, rows)
    heads = ["", "largest training batch in 3 GB", "needs", "in 3 GiB", "needs"]
    rows = []
    for name, record in named:
        fits = [fit for fit in record.fits or () if fit.passed == "training"]
        rows.append([name, *(text for fit in fits for text in (exact(fit.batch), exact(fit.peak_bytes)))])
    yield table(heads, rows)


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
