"""One case per operator: its loops, and the configurations to try them on."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis.strategies import SearchStrategy

from netstat.cost import Cost
from netstat.graph import TensorSpec
from oracle.counted import Tally
from oracle.tensors import Tensor

Specs = TensorSpec | list[TensorSpec] | None


@dataclass(frozen=True)
class Call:
    """One configuration: the tensors by argument name (none where one is left out), and everything else.

    `ranges` says between which numbers the values of a tensor lie: by default −2 and 2, whole ones 0 and 1.
    """

    tensors: dict[str, Specs]
    attributes: dict[str, Any]
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, Any]:
        """What an operator's `shape` and `cost` take."""
        return self.tensors | self.attributes

    def of_dtype(self, dtype: str) -> "Call":
        """The same call on floating-point tensors of another dtype."""

        def change(spec: TensorSpec) -> TensorSpec:
            return spec._replace(dtype=dtype) if "float" in spec.dtype else spec

        return replace(self, tensors={name: each(specs, change) for name, specs in self.tensors.items()})


@dataclass(frozen=True)
class Outcome:
    """What the loops made of a call, and what it took."""

    tensors: dict[str, Any]
    outputs: tuple[Tensor, ...]
    cost: Cost

    @property
    def specs(self) -> tuple[TensorSpec, ...]:
        return tuple(output.spec for output in self.outputs)


@dataclass(frozen=True)
class Oracle:
    """An operator by its definition.

    Attributes:
        loops: takes `Tensor`s and the attributes by name, returns its output tensors.
        calls: the configurations.
    """

    loops: Callable[..., tuple[Tensor, ...]]
    calls: SearchStrategy[Call]

    @staticmethod
    def inputs(call: Call, tally: Tally) -> dict[str, Any]:
        """The tensors of a call, filled with the same numbers each time."""
        return {
            name: each(specs, lambda spec, name=name: Tensor.filled(spec, tally, name, call.ranges.get(name)))
            for name, specs in call.tensors.items()
        }

    def __call__(self, call: Call, **more: Any) -> Outcome:
        tally = Tally()
        tensors = self.inputs(call, tally)
        outputs = self.loops(**tensors, **call.attributes, **more)
        return Outcome(tensors, outputs, tally.cost())


def each(specs: Specs, change: Callable[[TensorSpec], Any]) -> Any:
    """`change` of one tensor, of each of a list, of none."""
    if isinstance(specs, list):
        return [change(spec) for spec in specs]
    return None if specs is None else change(specs)


ORACLES: dict[str, Oracle] = {}
