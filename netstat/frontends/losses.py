"""What a training step differentiates, predicted or measured: which of a model's outputs, and by which loss.

The outputs are chosen by the first rule that fits:

1. `loss`: a model that gives its own loss, one number, under that name is trained by it;
2. a dict of losses, each one number (torchvision's detectors), by their sum;
3. `logits`, then `out`: the main output under the names that transformers and torchvision give it;
4. the first floating-point tensor that depends on a trainable parameter. What comes after it, auxiliary heads of
   googlenet and inception_v3 for example, is computed but not differentiated.

By 1 and 2 the loss is the "model"'s own; by 3 and 4 it is one of `LOSSES`, against seeded random targets.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from netstat.errors import ModelError
from netstat.registry import Registry
from netstat.units import shape

if TYPE_CHECKING:
    from torch import Tensor

OWN = "model"  # what the loss is called where the model gives its own
SEED = 0
_MAIN = ("logits", "out")

LOSSES: Registry["Loss"] = Registry("loss")


class Loss(NamedTuple):
    """A loss of one output.

    Attributes:
        targets: makes what such an output is held against, on its device, without a value of it being looked at; None
            where it is held against nothing.
        of: the loss, one number, of an output held against that.
    """

    targets: Callable[["Tensor"], "Tensor | None"]
    of: Callable[["Tensor", Any], "Tensor"]


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What of a model's outputs is differentiated.

    Attributes:
        loss: its name: a key of `LOSSES`, or `OWN`.
        places: among the tensors of the output, in order, those that the loss is made of.
        wanted: the targets of that loss, where it has any.
    """

    loss: str
    places: tuple[int, ...]
    wanted: "Tensor | None" = None

    def of(self, output: Any) -> "Tensor":
        """The loss, one number, of what the model returned."""
        tensors = _tensors(output)
        chosen = [tensors[place] for place in self.places]
        return _sum(chosen) if self.loss == OWN else LOSSES[self.loss].of(chosen[0], self.wanted)


def target(output: Any, loss: str) -> Target:
    """The target of a model whose forward in training mode returned `output`, with values or on empty tensors.

    Args:
        output: whatever it was.
        loss: a key of `LOSSES`.

    Raises:
        UsageError: there is no such loss.
        ModelError: nothing in the output can be differentiated, or not by this loss.
    """
    make, tensors = LOSSES[loss].targets, _tensors(output)
    chosen, own = _chosen(output, tensors)
    places = tuple(at for at, tensor in enumerate(tensors) if any(tensor is one for one in chosen))
    return Target(OWN, places) if own else Target(loss, places, make(chosen[0]))


def loss_for(output: Any) -> str:
    """The loss where nobody names one: cross entropy where the output has two classes or more, else the sum.

    Raises:
        ModelError: nothing in the output can be differentiated.
    """
    (main, *_), _ = _chosen(output, _tensors(output))
    return "cross-entropy" if _classes(main) > 1 else "sum"


def _tensors(output: Any) -> Sequence["Tensor"]:
    """The tensors of the output in order, also of an object that torch does not know as a tree."""
    from netstat.frontends.specs import tensors_in

    return tensors_in(output) or tensors_in(dict(_named(output)))


def _chosen(output: Any, tensors: Sequence["Tensor"]) -> tuple[list["Tensor"], bool]:
    """The tensors that the rules above choose, and whether they are losses already."""
    named = _named(output)
    if _is_number(named.get("loss")):
        return [named["loss"]], True
    losses = [value for value in named.values() if _is_number(value)]
    if losses and len(losses) == len(named):
        return losses, True
    for name in _MAIN:
        if _learns(named.get(name)):
            return [named[name]], False
    return [_first(tensors)], False


def _first(tensors: Sequence["Tensor"]) -> "Tensor":
    floating = [tensor for tensor in tensors if tensor.is_floating_point()]
    if not floating:
        raise ModelError("the model cannot be trained: none of its outputs is a floating-point tensor")
    learning = [tensor for tensor in floating if _learns(tensor)]
    if not learning:
        raise ModelError("the model cannot be trained: none of its outputs depends on a trainable parameter")
    return learning[0]


def _named(output: Any) -> Mapping[str, Any]:
    """The outputs that have names: those of a dict, a named tuple, a dataclass or another object with attributes."""
    from torch import Tensor

    if isinstance(output, Mapping):
        return output
    if hasattr(output, "_asdict"):
        named: Mapping[str, Any] = output._asdict()
        return named
    if is_dataclass(output):
        return {field.name: getattr(output, field.name) for field in fields(output)}
    return {} if isinstance(output, Tensor) else getattr(output, "__dict__", {})


def _learns(value: Any) -> bool:
    from torch import Tensor

    return isinstance(value, Tensor) and value.is_floating_point() and value.requires_grad


def _is_number(value: Any) -> bool:
    return _learns(value) and value.ndim == 0


def _sum(losses: Sequence["Tensor"]) -> "Tensor":
    total = losses[0]
    for loss in losses[1:]:
        total = total + loss
    return total


def _axis(output: "Tensor") -> int:
    """The dimension of the classes: 1 (N×C, N×C×H×W), of three the last (N×T×C: tokens of a sequence)."""
    return 2 if output.ndim == 3 else 1


def _classes(output: "Tensor") -> int:
    return output.shape[_axis(output)] if output.ndim > 1 else 0


def _random_classes(output: "Tensor") -> "Tensor":
    from torch import randint

    if _classes(output) < 2:
        raise ModelError(
            f"cross entropy needs a score for each of two classes or more, and the model's output is "
            f"{shape(tuple(output.shape))}; use --loss mse or --loss sum"
        )
    sizes = [size for at, size in enumerate(output.shape) if at != _axis(output)]
    return randint(_classes(output), sizes, generator=_generator(), device="cpu").to(output.device)


def _cross_entropy(output: "Tensor", classes: "Tensor") -> "Tensor":
    from torch.nn.functional import cross_entropy

    return cross_entropy(output.transpose(1, 2) if output.ndim == 3 else output, classes)


def _random_numbers(output: "Tensor") -> "Tensor":
    from torch import float32, randn

    numbers = randn(output.shape, generator=_generator(), dtype=float32, device="cpu")
    return numbers.to(output.device, output.dtype)


def _mean_square(output: "Tensor", wanted: "Tensor") -> "Tensor":
    from torch.nn.functional import mse_loss

    return mse_loss(output, wanted)


def _generator() -> Any:
    from torch import Generator

    return Generator("cpu").manual_seed(SEED)


LOSSES.add("cross-entropy")(Loss(_random_classes, _cross_entropy))  # mean, against random classes
LOSSES.add("mse")(Loss(_random_numbers, _mean_square))  # mean squared difference to normal random numbers
LOSSES.add("sum")(Loss(lambda output: None, lambda output, wanted: output.sum()))  # a gradient of ones
