"""Forecasts beside the times in print, as docs/forecast.md."""

from collections.abc import Iterator, Sequence
from math import exp, log
from pathlib import Path

import numpy as np

from netstat.analysis.devices import DTYPES, Specification, specification, specifications
from netstat.analysis.efficiency import Efficiency, efficiencies
from netstat.analysis.forecast import forecast
from netstat.units import duration, mebibytes, percent, scaled
from tests.benchmarks.tables import table
from tests.forecasts.constants import cases, cases_of
from tests.forecasts.fit import Case, Held, left_out, residuals
from tests.forecasts.times import graph_of

PAGE = Path(__file__).parents[2] / "docs" / "forecast.md"
WORDS = {"vector": "GPUs in fp32", "matrix": "matrix units of GPUs (fp16, bf16, tf32)", "cpu": "CPUs"}
HEAD = """# Forecasts

`netstat forecast alexnet --device h100,rtx-4090` says what a model is expected to take on a device that is not at hand.
**A forecast is no measurement**: every table, chart and file says so, and every figure has an interval. This page is
written by

```bash
python -m tests.forecasts          # --fit works the constants out anew as well
```

## The model

- Each operator call takes max(FLOPs / (e·P), bytes / (e_m·B)) and a little for starting. P and B are the peak of the
  arithmetic units in the dtype and the memory bandwidth that the maker states ([the table](#devices)), bytes the least
  that has to move, e the share that such work was found to reach.
- Kinds of work: convolutions; those of 3×3 at stride and dilation 1, which libraries do with fewer multiplications than
  the formula has, so that their share of the peak can exceed 1 (Lavin and Gray 2016); those in groups; products with
  parameters; products of activations (attention); and everything else, which is bound by memory.
- A GPU does not wait for the host while it has work queued, so a pass takes the longer of Σ layers and of operators ×
  the host's time for handing one out. Where the host is slower, the interval begins at what the device alone takes.
- Training is forward, backward and an update by SGD with momentum. The backward multiply-accumulates are those of
  `netstat profile --backward`.
- Left out on purpose: caches, clocks that differ from the stated ones, fused operators (`torch.compile`), channels
  last, input pipelines. They are part of the errors below.

## Constants

Fitted to the times below by least squares of their logarithms, outliers counted linearly, every device as much as any
other (`netstat/analysis/efficiency.toml`). A share with no times to say anything of it is its assumption: attention,
grouped convolutions and products in GPUs' fp32 rest on few or none. A convolution at 100 % may mean that these cards
run above the boost clock that their maker states, which was not checked; on GeForce cards, whose TF32 peak is that of
fp32, it makes tf32 look slower than fp32. The host's time is that of the machines of 2021 on which small batches were
published; today's hosts are faster.
"""
PROMISE = """## What the interval promises

Each device was left out in turn, the constants fitted to the others, and its times forecast. The interval is the factor
within which 80 % of these forecasts came, every device counting alike. A device that no time was fitted to gets the
factor that the worst of those devices would have needed: with so few devices that is a caution, not a promise.

The form of the model was chosen among four by these same errors, one device left out each, and no times were held back
beyond that: the factors are somewhat optimistic. The one that was kept is not the best of them by a hundredth or two;
that one gave every GPU 28 µs for starting an operator, which newer cards do not need.
"""
ERRORS = """## Every time

The forecast is that of constants fitted without the device. A ratio above 1: expected to be slower than it was.
"""
APART = """## Times that are not counted

For the reason given they are neither fitted to nor part of the intervals.
"""
DEVICES = """## Devices

What makers state (`netstat/analysis/devices.toml`). Peaks are dense, with accumulation in fp32; a test works the fp32
peak out from cores × clock × operations a cycle, and the bandwidth from bits × transfers. *checked* is the day on which
a second source was held against it; where there is none, these products are the only check.
"""


def render() -> str:
    """The page."""
    held = {units: left_out(units, cases_of(units)) for units in efficiencies()}
    parts = [HEAD, constants(), PROMISE, *(coverage(units, found) for units, found in held.items()), claim()]
    parts += [ERRORS, *(errors(units, found) for units, found in held.items()), APART, apart(), DEVICES, devices()]
    return "\n".join(parts)


def constants() -> str:
    known = efficiencies().values()
    names = next(iter(known)).shares
    body = [[f"share of the {'bandwidth' if name == 'memory' else 'peak'}: {name}"] for name in names]
    for row, name in zip(body, names, strict=True):
        row += [percent(found.shares[name], 1, 1) for found in known]
    body.append(["device, each operator", *(duration(found.operator_seconds) for found in known)])
    body.append(["host, each operator", *(duration(found.launch_seconds or 0) for found in known)])
    body.append(["times", *(str(found.times) for found in known)])
    body.append(["interval", *(f"÷ and × {found.factor:g}" for found in known)])
    body.append(["on a device without times", *(f"÷ and × {found.unseen_factor:g}" for found in known)])
    return table(["", *(WORDS[found.units] for found in known)], body)


def coverage(units: str, held: Sequence[Held]) -> str:
    """How the devices that were left out came off."""
    known = efficiencies()[units]
    body = [
        [
            each.device,
            str(len(each.residuals)),
            f"{exp(float(np.median(each.residuals))):.2f}",
            f"{exp(float(each.residuals.min())):.2f} to {exp(float(each.residuals.max())):.2f}",
            within(each, known.factor),
            within(each, known.unseen_factor),
        ]
        for each in held
    ]
    heads = (f"within {known.factor:g}", f"within {known.unseen_factor:g}")
    return f"### {WORDS[units]}\n\n" + table(["left out", "times", "median ratio", "all ratios", *heads], body)


def within(held: Held, factor: float) -> str:
    return percent(float((np.abs(held.residuals) <= log(factor) + 1e-3).mean()), 1, 0)


def claim() -> str:
    """The documents' ten minutes."""
    steps, device = 10 * -(-60_000 // 128), specification("rtx-4060-laptop")
    lines = []
    for dtype in ("fp32", "tf32"):
        made = forecast(graph_of("alexnet-d2l", 128, "float32"), device, dtype, training=True)
        low, high = (seconds * steps / 60 for seconds in made.interval_seconds)
        lines.append(
            f"- {dtype}: {made.seconds * steps / 60:.1f} minutes, 80 % interval {low:.1f} to {high:.1f} "
            f"({duration(made.seconds)} a step, {made.examples_per_second:,.0f} images/s)"
        )
    done = 3 * sum(layer.flops for layer in made.layers)
    share = percent(done * steps / 600, device.peak("fp32"), 0)
    return "\n".join(
        [
            '## "Ten minutes on a laptop 4060"\n',
            "Dive into Deep Learning's AlexNet, batch 128, 10 epochs of 60,000 images of 1×224×224, not read:\n",
            *lines,
            "",
            f"Ten minutes would be {share} of the device's fp32 peak (three times the forward FLOPs): the figure is",
            "plausible, and leaves room for reading images and for a laptop that holds a lower clock than 2370 MHz.\n",
        ]
    )


def errors(units: str, held: Sequence[Held]) -> str:
    rows = [row for each in held for row in _rows(units, each)]
    head = ["device", "model", "phase", "batch", "dtype", "in print", "forecast", "ratio", "source"]
    return f"### {WORDS[units]}: time by time\n\n" + table(head, rows)


def _rows(units: str, held: Held) -> Iterator[list[str]]:
    own = [case for case in cases_of(units) if case.time.device == held.device]
    for case, off in zip(own, held.residuals, strict=True):
        yield _row(case, float(off))


def _row(case: Case, off: float) -> list[str]:
    time = case.time
    return [
        time.device,
        time.model,
        time.phase,
        str(time.batch),
        time.dtype,
        duration(time.seconds),
        duration(time.seconds * exp(off)),
        f"{exp(off):.2f}",
        f"[{time.source}]({time.url}) ({time.software})",
    ]


def apart() -> str:
    rows = []
    for case in cases():
        if case.time.apart:
            (off,) = residuals([case], _constants(efficiencies()[case.time.units]))
            rows.append([*_row(case, float(off)), case.time.apart])
    return table(["device", "model", "phase", "batch", "dtype", "in print", "forecast", "ratio", "source", "why"], rows)


def _constants(found: Efficiency) -> tuple[float, ...]:
    return (*found.shares.values(), found.operator_seconds, found.launch_seconds)


def devices() -> str:
    head = ["name", "device", *DTYPES, "bandwidth", "memory", "last cache", "checked", "sources"]
    return table(head, map(_device, specifications().values()))


def _device(device: Specification) -> list[str]:
    peaks = [scaled(device.peaks[dtype], "FLOP/s") if dtype in device.peaks else "-" for dtype in DTYPES]
    sizes = [mebibytes(size) if size else "-" for size in (device.memory_bytes, device.cache_bytes)]
    checked = f"{device.checked}: {device.against}" if device.checked else "-"
    return [
        device.name,
        device.title,
        *peaks,
        scaled(device.bytes_per_second, "B/s"),
        *sizes,
        checked,
        "; ".join(device.sources),
    ]
