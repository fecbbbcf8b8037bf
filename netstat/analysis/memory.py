"""What a pass needs of memory, moment by moment, from the lifetimes of its pieces; and what each layer has of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from netstat.analysis.liveness import lifetimes
from netstat.frontends.lifetimes import BEFORE, Lifetimes, Span, changes, levels
from netstat.graph import Graph
from netstat.records.memory import MOST_PIECES, Layer, Moment, Need, Piece

RESIDENT = {"params": "param_bytes", "buffers": "buffer_bytes", "inputs": "input_bytes", "optimizer": "optimizer_bytes"}


def inference_need(graph: Graph) -> Need:
    """The forward pass of `graph`, without gradients."""
    return need(lifetimes(graph), every=True)


def need(lived: Lifetimes, *, every: bool = False) -> Need:
    """The peak of a pass, what it is made of, and the way there: `every` moment or those where something changes."""
    moments = _moments(lived)
    top = max(range(len(moments)), key=lambda i: moments[i].live_bytes)
    alive = [span for span in lived.spans if span.born <= top <= span.last]
    kinds = Counter[str]()
    for span in alive:
        kinds[span.kind] += span.nbytes
    kept = [
        i for i, moment in enumerate(moments) if every or i in (0, top) or moment.allocated_bytes or moment.freed_bytes
    ]
    return Need(
        peak_bytes=moments[top].live_bytes,
        **{field: kinds[kind] for kind, field in RESIDENT.items()},
        activation_bytes=kinds["activations"],
        saved_bytes=kinds["saved"],
        gradient_bytes=kinds["gradients"],
        saved_total_bytes=sum(span.nbytes for span in lived.spans if span.kind == "saved"),
        peak=kept.index(top),
        timeline=tuple(moments[i] for i in kept),
        largest=_largest(lived, alive),
    )


def _largest(lived: Lifetimes, alive: Iterable[Span]) -> tuple[Piece, ...]:
    made = sorted((span for span in alive if span.born > BEFORE), key=lambda span: -span.nbytes)
    return tuple(Piece(*lived.events[span.born][1:], span.kind, span.nbytes) for span in made[:MOST_PIECES])


def _moments(lived: Lifetimes) -> list[Moment]:
    """One per event."""
    events = len(lived.events)
    made, gone = changes(lived.spans, events)
    saved, gradients = (
        levels([span for span in lived.spans if span.kind == kind], events) for kind in ("saved", "gradients")
    )
    figures = zip(levels(lived.spans, events), made, gone, saved, gradients, strict=True)
    return [Moment(*event, *each) for event, each in zip(lived.events, figures, strict=True)]


def layers(graph: Graph, inference: Need, trained: Lifetimes | None = None) -> tuple[Layer, ...]:
    """A row per operator call; what a module saves for the backward pass stands at the first of its operators."""
    owned = {param.name: param.spec.nbytes for param in graph.params if not param.buffer}
    saved: dict[str, int] = defaultdict(int)
    for span in trained.spans if trained else ():
        if span.kind == "saved":
            saved[span.path] += span.nbytes
    return tuple(
        Layer(
            path=node.path,
            op=node.op,
            call=node.call,
            param_bytes=sum(owned.get(name, 0) for name in node.param_names),
            output_bytes=moment.allocated_bytes,
            live_bytes=moment.live_bytes,
            saved_bytes=saved.pop(node.path, 0) if trained else None,
        )
        for node, moment in zip(graph.nodes, inference.timeline, strict=False)
    )
