"""Operators' figures, derived for a layer of a network or a module of PyTorch's."""

from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any

from torch import nn

import netstat
from netstat.ops.base import Operator
from netstat.records.explanation import Explanation, Step
from netstat.reports._math import FormulaError, mathml
from netstat.units import decimals, exact, shape

NETWORKS = ("alexnet", "alexnet-paper", "vgg16_bn", "lenet")
MODULES: dict[str, tuple[nn.Module, tuple[int, ...]]] = {
    "nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1)": (nn.ConvTranspose2d(64, 32, 4, 2, 1), (64, 14, 14)),
    "nn.Conv1d(80, 128, 3)": (nn.Conv1d(80, 128, 3), (80, 100)),
    "nn.Conv3d(3, 16, 3)": (nn.Conv3d(3, 16, 3), (3, 8, 32, 32)),
    "nn.AvgPool2d(2)": (nn.AvgPool2d(2), (64, 28, 28)),
    "nn.LayerNorm(768)": (nn.LayerNorm(768), (197, 768)),
    "nn.GroupNorm(8, 64)": (nn.GroupNorm(8, 64), (64, 28, 28)),
    "nn.GELU()": (nn.GELU(), (197, 3072)),
    "nn.SiLU()": (nn.SiLU(), (64, 28, 28)),
    "nn.Softmax(-1)": (nn.Softmax(-1), (12, 197, 197)),
    "nn.LSTM(64, 128)": (nn.LSTM(64, 128), (20, 64)),
    "nn.GRU(64, 128)": (nn.GRU(64, 128), (20, 64)),
}
NAMES = {"params": "parameters", "macs": "MACs", "flops": "FLOPs"}


def worked(kind: type[Operator]) -> str:
    """The derivation of one call of the operator, folded away; "" where there is no example of it."""
    if kind.name not in examples():
        return ""
    where, layer = examples()[kind.name]
    lines = "".join(f"<dt>{_name(step)}</dt><dd>{_derived(step)}</dd>" for step in layer.steps)
    sizes = f"{_shapes(layer.input_shapes[:1])} → {_shapes(layer.output_shapes[:1])}"
    letters = ", ".join(f"{each.name} = {exact(each.value)} {each.meaning}" for each in layer.letters)
    summary = f"<summary>Worked out: {escape(where)}, {sizes}</summary>"
    return f'<details>{summary}<dl class="facts"><dt>letters</dt><dd>{escape(letters)}</dd>{lines}</dl></details>'


@cache
def examples() -> dict[str, tuple[str, Explanation]]:
    """Where an operator is met first, and its derivation there."""
    found: dict[str, tuple[str, Explanation]] = {}
    for where, layer in _explained():
        if layer.steps:
            found.setdefault(layer.op, (where, layer))
    return found


def _explained() -> Iterator[tuple[str, Explanation]]:
    for name in NETWORKS:
        yield from ((f"{layer.path} of {name}", layer) for layer in netstat.explain(name).layers)
    for name, (module, size) in MODULES.items():
        yield from ((name, layer) for layer in netstat.explain(module, input_shape=size).layers)


def _shapes(shapes: Any) -> str:
    return ", ".join(map(shape, shapes))


def _name(step: Step) -> str:
    return NAMES.get(step.name, step.name.replace("_", " ") if step.name.startswith("bytes") else step.name)


def _derived(step: Step) -> str:
    """Formula = numbers = result, as the report of an explanation has it."""
    result = exact(step.result)
    last = result if step.unrounded is None else f"{decimals(step.unrounded)} → {result}"
    line = " = ".join(dict.fromkeys((step.formula, step.numbers, last)))
    try:
        return mathml(line)
    except FormulaError:
        return escape(line)
