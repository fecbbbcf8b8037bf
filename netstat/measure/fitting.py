"""Whether a forward pass can fit into a device's memory, said before it is tried."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netstat.errors import ModelError
from netstat.graph import Graph, Node, TensorSpec
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
            f"the model would not fit: parameters, input and the largest layer need {mebibytes(needed)}, "
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

    Args:
        module: whose parameters and buffers count if they are `moved`: copied, or brought to the device.
        inputs: they count once.
        precision: number format of everything that is floating-point.
        graph: whose hungriest operator counts: its inputs and outputs, which must exist together. None counts nothing.
        moved: whether parameters are still to be allocated.
    """
    layers = max((_activations(node, precision) for node in graph.nodes), default=0) if graph else 0
    fed = sum(_spec_bytes(spec, precision) for _, spec in inputs)
    return (_weights(module, precision) if moved else 0) + max(fed, layers)


def bytes_of_graph(graph: Graph, inputs: Sequence[tuple[str, TensorSpec]], precision: Precision) -> int:
    """The same for a model that is yet to be built; activations grow with the first input's batch.

    Args:
        graph: at any batch.
        inputs: those of the forward pass in question.
        precision: number format of everything that is floating-point.
    """
    weights = sum(_spec_bytes(param.spec, precision) for param in graph.params if param.shared_with is None)
    layers = max((_activations(node, precision) for node in graph.nodes), default=0)
    fed, followed = (sum(_spec_bytes(spec, precision) for _, spec in each) for each in (inputs, graph.inputs))
    return weights + max(fed, layers * fed // followed if followed else layers)


def _activations(node: Node, precision: Precision) -> int:
    # A tensor is written down once: where an output has the shape of an input, they may be one (in place, or a view).
    taken = {argument.source: argument.spec for argument in node.activations}
    made = [spec for spec in node.outputs if spec not in taken.values()]
    return sum(_spec_bytes(spec, precision) for spec in (*taken.values(), *made))


def _spec_bytes(spec: TensorSpec, precision: Precision) -> int:
    return spec.numel * dtype_bytes(precision.dtype if "float" in spec.dtype else spec.dtype)


def _weights(module: "Module", precision: Precision) -> int:
    from torch.nn.parameter import is_lazy

    size = dtype_bytes(precision.dtype)
    tensors = [tensor for tensor in (*module.parameters(), *module.buffers()) if not is_lazy(tensor)]
    return sum(tensor.numel() * (size if tensor.is_floating_point() else tensor.element_size()) for tensor in tensors)
