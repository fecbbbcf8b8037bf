"""Graph of an ONNX file: read as data, without its weights and without running it."""

from typing import Any

from netstat.errors import ModelError, said
from netstat.frontends.files import base_name, plain_text, refuse_inputs, size_of, subject_of
from netstat.frontends.onnx_inputs import graph_inputs
from netstat.frontends.onnx_walk import STANDARD, Walk
from netstat.frontends.subject import Inputs, Subject

WHY = "an ONNX file is read, not run"
MOST_NODES = 100_000


def subject(path: str, inputs: Inputs, *, training: bool = False) -> Subject:
    """The forward pass in an ONNX file, by our operators' own formulas.

    Initializers of one dimension or more are parameters: floating-point ones, and matrices of 8-bit integers; a scalar
    is a constant, and the running statistics of a batch normalisation are buffers. Sizes that are computed from sizes
    are worked out and are no rows. An open first dimension is the batch.

    Raises:
        UsageError: an open dimension was not given, or a fixed one was given otherwise.
        ModelError: onnx is missing, or the file is damaged or leads outside its folder.
        ShapeError: a layer cannot take what reaches it.
    """
    refuse_inputs(inputs, "an ONNX file", training=training)
    model = _loaded(path)
    versions = {entry.domain: entry.version for entry in model.opset_import}
    walk = Walk(model.graph, max((versions.get(domain, 1) for domain in STANDARD), default=1))
    for name, spec in graph_inputs(model.graph, inputs):
        walk.declare(name, spec)
    for proto in model.graph.node:
        walk.node(proto)
    return subject_of(walk.graph(base_name(path)), WHY)


def _loaded(path: str) -> Any:
    try:
        import onnx
    except ImportError as error:
        raise ModelError('reading ONNX files needs onnx: pip install "netstat[onnx]"') from error
    size_of(path)
    try:
        model = onnx.load(path, load_external_data=False)
    except Exception as error:  # whatever a damaged file makes the parser raise
        raise ModelError(f"'{path}' is no ONNX file, or a damaged one ({plain_text(said(error))[:120]})") from error
    if not model.graph.node:
        raise ModelError(f"'{path}' is no ONNX file, or one without a graph")
    if len(model.graph.node) > MOST_NODES:
        raise ModelError(f"'{path}' has {len(model.graph.node)} nodes; netstat reads {MOST_NODES}")
    return model
