"""What activation functions cost per element, exactly, and where their gradients vanish."""

from collections.abc import Iterator, Mapping
from functools import cache

from netstat.analysis.curves import CURVES, Dual
from netstat.cost import Cost
from netstat.frontends.builder import build_graph
from netstat.graph import TensorSpec
from netstat.models.activations import ACROSS_CHANNELS, EVERY, PAPER
from netstat.models.spec import Block, Layer
from netstat.ops import node_cost
from netstat.ops.normalization import LocalResponseParameters
from netstat.records.activations import ALIVE, REACH, Activation, Activations

DRAWN = 8  # points of a curve per unit of x: every corner there is lies on one
FINE = 200  # points per unit of x at which the gradient is looked at

_SPELLED = "local_response_norm"


def activations(input: TensorSpec) -> Activations:
    """Every activation on a tensor; the counts are its operator's, at this tensor.

    Args:
        input: shape with batch and channels in front, and dtype.

    Raises:
        ShapeError: an operator cannot take it.
    """
    found = tuple(_activation(name, layer, input) for name, layer in EVERY.items())
    return Activations(input.shape, input.dtype, tuple(_grid()), found)


def _activation(name: str, layer: Layer, input: TensorSpec) -> Activation:
    (node,) = build_graph(name, Block("Sequential", ((name, layer),)), input).nodes
    cost = node_cost(node) or Cost()
    value, gradient = _curve(name)
    return Activation(
        name=name,
        op=layer.op,
        module=layer.module,
        settings=_said({key: setting for key, setting in layer.arguments.items() if key != "inplace"}),
        elements=input.numel,
        multiplies=cost.multiplies,
        adds=cost.adds,
        divides=cost.divides,
        compares=cost.compares,
        specials=cost.specials,
        bytes_read=cost.bytes_read,
        bytes_written=cost.bytes_written,
        across_channels=name in ACROSS_CHANNELS,
        also=_spellings() if name == _SPELLED else "",
        alive=_alive(name),
        value=value,
        gradient=gradient,
    )


def _spellings() -> str:
    """The paper's local response normalisation as the paper has it, and as TensorFlow would."""
    paper = LocalResponseParameters.from_paper(**PAPER)  # type: ignore[arg-type]
    spelled = {"the paper": paper.paper(), "TensorFlow": paper.tensorflow()}
    said = "; ".join(f"{who}: {_said(settings)}" for who, settings in spelled.items())
    return f"the same as {said}"


def _said(settings: Mapping[str, float | str]) -> str:
    spelled = {name: value if isinstance(value, str) else f"{value:.4g}" for name, value in settings.items()}
    return ", ".join(f"{name}={value}" for name, value in spelled.items())


def _grid() -> Iterator[float]:
    """From −REACH to REACH; quotients of whole numbers, so that no error adds up."""
    return (step / DRAWN for step in range(-REACH * DRAWN, REACH * DRAWN + 1))


@cache
def _curve(name: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Value and gradient of a function on the drawn grid; nothing for what is no function of one value."""
    if name not in CURVES:
        return (), ()
    found = [CURVES[name](Dual(x, 1.0)) for x in _grid()]
    return tuple(point.value for point in found), tuple(point.slope for point in found)


@cache
def _alive(name: str) -> tuple[float, float] | None:
    """The lowest and the highest x at which the gradient is not near zero."""
    low, high = (_first_alive(name, side) for side in (1, -1))
    return None if low is None or high is None else (low, -high)


def _first_alive(name: str, side: int) -> float | None:
    """The first x at which it is not, upwards from −REACH, or downwards from REACH and with the sign turned: −x.

    Looked for in steps of the drawn grid, then in fine ones between that point and the one before.
    """
    if name not in CURVES:
        return None

    def is_alive(step: int) -> bool:
        return abs(CURVES[name](Dual(side * step / FINE, 1.0)).slope) >= ALIVE

    coarse = FINE // DRAWN
    found = next((step for step in range(-REACH * FINE, REACH * FINE + 1, coarse) if is_alive(step)), None)
    if found is None:
        return None
    return next(step for step in range(max(found - coarse, -REACH * FINE), found + 1) if is_alive(step)) / FINE
