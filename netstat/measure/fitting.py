"""Whether a forward pass can fit into a device's memory, said before it is tried."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from netstat.analysis.memory import inference_need
from netstat.errors import ModelError
from netstat.graph import Graph, TensorSpec
from netstat.measure.devices import Device
from netstat.measure.precision import Precision
from netstat.units import dtype_bytes, mebibytes

if TYPE_CHECKING:
    from torch.nn import Module


def check_fits(needed: int, device: Device) -> None:
    """Refuse what needs more than `device` has left.

    Raises:
        ModelError: it does.
    """
    free = device.free_memory()
    if free is not None and needed > free:
        raise ModelError(
            f"the model would not fit: parameters, inputs and what is alive at the peak need {mebibytes(needed)}, "
            f"{device.name} has {mebibytes(free)} left; use a smaller batch or input"
        )


def bytes_needed(
    module: "Module",
    inputs: Sequence[tuple[str, TensorSpec]],
    precision: Precision,
    graph: Graph | None,
    *,
    moved: bool,
) -> int:
    """Bytes a forward pass needs at the very least, so that nothing is refused that would have fitted.

    What kernels take besides (their workspace) is not in it.

    Args:
        module: whose parameters and buffers count if they are `moved`: copied, or brought to the device.
        inputs: they count once.
        precision: number format of everything that is floating-point.
        graph: whose activations count by liveness (`netstat.analysis.liveness`). None counts nothing.
        moved: whether parameters are still to be allocated.
    """
    weights = _weights(module, precision) if moved else 0
    if graph is None:
        return weights + sum(_in(precision, spec).nbytes for _, spec in inputs)
    need = inference_need(_graph_in(precision, graph))
    return weights + need.input_bytes + need.activation_bytes


def bytes_of_graph(graph: Graph, inputs: Sequence[tuple[str, TensorSpec]], precision: Precision) -> int:
    """The same for a model that is yet to be built; activations grow with the first input's batch.

    Args:
        graph: at any batch.
        inputs: those of the forward pass in question.
        precision: number format of everything that is floating-point.
    """
    weights = sum(_in(precision, param.spec).nbytes for param in graph.params if param.shared_with is None)
    fed, followed = (sum(_in(precision, spec).nbytes for _, spec in each) for each in (inputs, graph.inputs))
    active = inference_need(_graph_in(precision, graph)).activation_bytes
    return weights + fed + (active * fed // followed if followed else active)


def _in(precision: Precision, spec: TensorSpec) -> TensorSpec:
    return spec._replace(dtype=precision.dtype) if "float" in spec.dtype else spec


def _graph_in(precision: Precision, graph: Graph) -> Graph:
    """The graph without parameters, and with everything floating-point in `precision`."""
    nodes = (
        node._replace(
            arguments=tuple(a._replace(spec=_in(precision, a.spec)) for a in node.arguments),
            outputs=tuple(_in(precision, spec) for spec in node.outputs),
        )
        for node in graph.nodes
    )
    inputs = tuple((name, _in(precision, spec)) for name, spec in graph.inputs)
    return replace(graph, inputs=inputs, nodes=tuple(nodes), params=())


def _weights(module: "Module", precision: Precision) -> int:
    from torch.nn.parameter import is_lazy

    size = dtype_bytes(precision.dtype)
    tensors = [tensor for tensor in (*module.parameters(), *module.buffers()) if not is_lazy(tensor)]
    return sum(tensor.numel() * (size if tensor.is_floating_point() else tensor.element_size()) for tensor in tensors)
