"""Cost against the size of the input, from a model's formulas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from netstat.analysis.formula import BATCH
from netstat.analysis.memory import inference_need
from netstat.analysis.replay import Replay
from netstat.graph import Argument, Graph, Node, TensorSpec
from netstat.ops.extent import Extent
from netstat.records.algebra import compiled
from netstat.records.formula import Formula
from netstat.records.scaling import LayerGrowth, Scaling, ScalingPoint
from netstat.units import superscript


def scaling(formula: Formula, made: Replay, sides: Sequence[Mapping[str, int]], batches: Sequence[int]) -> Scaling:
    """Totals at all of `sides`, letters other than that of the batch, at each batch.

    Args:
        formula: of the model.
        made: its graph in letters.
        sides: sizes at which the formulas hold.
        batches: the sizes of the batch; one where the formulas have no letter for it.
    """
    batch = {BATCH} & formula.native.keys()
    swept = [{**formula.native, **dict.fromkeys(batch, size), **side} for size in batches for side in sides]
    return Scaling(
        origin=formula.origin,
        model=formula.model,
        batches=tuple(batches),
        points=tuple(_point(formula, made, sizes) for sizes in swept),
        layers=tuple(_layers(formula, swept[: len(sides)])),
    )


def _point(formula: Formula, made: Replay, sizes: dict[str, int]) -> ScalingPoint:
    figures = {name: formula.figure(name).at(sizes) for name in ("params", "macs", "flops", "activation_bytes")}
    graph = graph_at(made, sizes)
    peak = inference_need(graph).peak_bytes
    return ScalingPoint(sizes, tuple(spec.shape for _, spec in graph.inputs), **figures, inference_peak_bytes=peak)


def _layers(formula: Formula, swept: Sequence[Mapping[str, int]]) -> Iterator[LayerGrowth]:
    letters = [name for name in formula.native if name != BATCH]
    for layer in formula.layers:
        flops = tuple(compiled(layer.flops)(sizes) for sizes in swept)
        if any(flops):
            growth = growth_text(layer.degree, letters)
            yield LayerGrowth(layer.path, layer.op, layer.call, layer.degree, growth, flops)


def growth_text(degree: int, letters: Sequence[str]) -> str:
    """In words: of degree 2 in H and W "∝ HW"; where all sizes grow by s, by s to that degree otherwise."""
    if not degree:
        return "constant"
    times, rest = divmod(degree, max(len(letters), 1))
    if rest:
        return f"∝ size{superscript(degree)}" if degree > 1 else "∝ size"
    word = "".join(letters)
    if times == 1:
        return f"∝ {word}"
    return f"∝ {word if len(letters) == 1 else f'({word})'}{superscript(times)}"


def graph_at(made: Replay, sizes: Mapping[str, int]) -> Graph:
    """The graph with numbers for its letters."""

    def number(value: Any) -> Any:
        if isinstance(value, Extent):
            return made.book.value(value.terms, sizes)
        return type(value)(map(number, value)) if type(value) in (tuple, list) else value

    def spec(given: TensorSpec) -> TensorSpec:
        return given._replace(shape=number(given.shape))

    def argument(given: Argument) -> Argument:
        return given._replace(spec=spec(given.spec))

    def node(given: Node) -> Node:
        attributes = {name: number(value) for name, value in given.attributes.items()}
        arguments, outputs = tuple(map(argument, given.arguments)), tuple(map(spec, given.outputs))
        return given._replace(arguments=arguments, attributes=attributes, outputs=outputs)

    inputs = tuple((name, spec(given)) for name, given in made.graph.inputs)
    return replace(made.graph, inputs=inputs, nodes=tuple(map(node, made.graph.nodes)))
