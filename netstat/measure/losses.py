"""What a training step differentiates: which of a model's outputs, and by which loss.

The outputs are chosen by the first rule that fits:

1. `loss`: a model that gives its own loss, one number, under that name is trained by it;
2. a dict of losses, each one number (torchvision's detectors), by their sum;
3. `logits`, then `out`: the main output under the names that transformers and torchvision give it;
4. the first floating-point tensor that depends on a trainable parameter. What comes after it, auxiliary heads of
   googlenet and inception_v3 for example, is computed but not differentiated.

By 1 and 2 the loss is the "model"'s own; by 3 and 4 it is one of `LOSSES`, against seeded random targets.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from netstat.errors import ModelError
from netstat.registry import Registry
from netstat.units import shape

if TYPE_CHECKING:
    from torch import Tensor

OWN = "model"  # what the loss is called where the model gives its own
SEED = 0
_MAIN = ("logits", "out")

LossOf = Callable[["Tensor"], "Tensor"]
LOSSES: Registry[Callable[["Tensor"], LossOf]] = Registry("loss")


class Target(NamedTuple):
    """What of a model's outputs is differentiated.

    Attributes:
        loss: its name: a key of `LOSSES`, or `OWN`.
        places: among the tensors of the output, in order, those that the loss is made of.
        of: the loss of those tensors.
    """

    loss: str
    places: tuple[int, ...]
    of: Callable[[Sequence["Tensor"]], "Tensor"]


def target(output: Any, loss: str) -> Target:
    """The target of a model whose forward in training mode returned `output`.

    Args:
        output: whatever it was.
        loss: a key of `LOSSES`.

    Raises:
        UsageError: there is no such loss.
        ModelError: nothing in the output can be differentiated, or not by this loss.
    """
    from netstat.frontends.specs import tensors_in

    make, tensors = LOSSES[loss], tensors_in(output)
    chosen, own = _chosen(output, tensors)
    places = tuple(at for at, tensor in enumerate(tensors) if any(tensor is one for one in chosen))
    if own:
        return Target(OWN, places, _sum)
    of = make(chosen[0])
    return Target(loss, places, lambda outputs: of(outputs[0]))


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
    """The outputs that have names: those of a dict, a dataclass or a named tuple."""
    if isinstance(output, Mapping):
        return output
    if hasattr(output, "_asdict"):
        fields: Mapping[str, Any] = output._asdict()
        return fields
    return vars(output) if is_dataclass(output) else {}


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


@LOSSES.add("cross-entropy")
def cross_entropy(output: "Tensor") -> LossOf:
    """The mean cross entropy against random classes.

    Classes are in dimension 1 (N×C, N×C×H×W), in the last one of three (N×T×C: tokens of a sequence).

    Raises:
        ModelError: there are no two classes to choose from.
    """
    from torch.nn.functional import cross_entropy as entropy

    scores = _classes_second(output)
    if scores.ndim < 2 or scores.shape[1] < 2:
        raise ModelError(
            f"cross entropy needs a score for each of two classes or more, and the model's output is "
            f"{shape(tuple(output.shape))}; use --loss mse or --loss sum"
        )
    from torch import randint

    sizes = (scores.shape[0], *scores.shape[2:])
    classes = randint(scores.shape[1], sizes, generator=_generator(), device="cpu").to(output.device)
    return lambda made: entropy(_classes_second(made), classes)


def _classes_second(output: "Tensor") -> "Tensor":
    return output.transpose(1, 2) if output.ndim == 3 else output


@LOSSES.add("mse")
def mse(output: "Tensor") -> LossOf:
    """The mean squared difference to normal random numbers."""
    from torch import float32, randn
    from torch.nn.functional import mse_loss

    wanted = randn(output.shape, generator=_generator(), dtype=float32, device="cpu").to(output.device, output.dtype)
    return lambda made: mse_loss(made, wanted)


@LOSSES.add("sum")
def total(output: "Tensor") -> LossOf:
    """The sum of all values: a gradient of ones, for whatever output there is."""
    return lambda made: made.sum()


def _generator() -> Any:
    from torch import Generator

    return Generator("cpu").manual_seed(SEED)
