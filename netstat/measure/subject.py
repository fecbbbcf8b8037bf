"""What is timed: a copy of the model with its values, on its device, and inputs to feed it."""

import copy
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from netstat.errors import ModelError
from netstat.graph import TensorSpec
from netstat.measure.devices import Device
from netstat.measure.precision import Precision

if TYPE_CHECKING:
    from torch import Generator, Tensor
    from torch.nn import Module

SEED = 0

Inputs = Sequence[tuple[str, TensorSpec]]


def check_values(module: "Module") -> None:
    """Refuse a model without values.

    Raises:
        ModelError: a parameter or buffer is on the meta device.
    """
    if any(tensor.is_meta for tensor in (*module.parameters(), *module.buffers())):
        raise ModelError("the model is on the meta device and has no values to run; build it on the cpu to time it")


def prepared(module: "Module", device: Device, precision: Precision, *, owned: bool) -> "Module":
    """A copy of `module` (itself where it is `owned`) in eval mode, on `device` and in `precision`.

    Raises:
        ModelError: it cannot be copied.
    """
    import torch

    # Parameters made in inference mode could never be trained again.
    with torch.inference_mode(False):
        subject = module if owned else _copied(module)
        return subject.to(device=device.torch_device, dtype=precision.torch_dtype).eval()


def _copied(module: "Module") -> "Module":
    try:
        return copy.deepcopy(module)
    except Exception as error:
        raise ModelError(f"the model cannot be copied, and itself must stay untouched: {_first_line(error)}") from error


def tensors(inputs: Inputs, device: Device, precision: Precision, module: "Module | None" = None) -> list["Tensor"]:
    """Random tensors of the shapes and dtypes of `inputs` on `device`, the same ones every time.

    Floating-point ones are normal and in `precision`. The others are whole numbers from 0 to the highest index that all
    embedding tables of `module` have; 0 and 1 where it has none, valid whatever they mean: indices, classes, masks.
    """
    from torch import Generator

    from netstat.frontends.values import highest_index

    highest = highest_index(module)
    generator = Generator("cpu").manual_seed(SEED)
    return [_tensor(spec, generator, precision, highest).to(device.torch_device) for _, spec in inputs]


def formatted(thing: Any, memory_format: str) -> Any:
    """A module or tensor in a memory format; channels_last is one of four dimensions, and others stay as they are."""
    import torch

    if memory_format == "contiguous" or (isinstance(thing, torch.Tensor) and thing.dim() != 4):
        return thing
    return thing.to(memory_format=getattr(torch, memory_format))


def _tensor(spec: TensorSpec, generator: "Generator", precision: Precision, highest: int) -> "Tensor":
    import torch

    from netstat.frontends.values import whole_numbers

    dtype: torch.dtype = getattr(torch, spec.dtype)
    if dtype.is_complex:
        return torch.randn(spec.shape, generator=generator, dtype=dtype, device="cpu")
    if dtype.is_floating_point:
        normal = torch.randn(spec.shape, generator=generator, dtype=torch.float32, device="cpu")
        return normal.to(precision.torch_dtype)
    return whole_numbers(spec.shape, dtype, highest)


def forward_of(module: Callable[..., object], inputs: Sequence["Tensor"], where: str) -> Callable[[], object]:
    """A call that runs `module` on `inputs`, and says `where` if that fails.

    Raises:
        ModelError: when called, for whatever the model's forward raises.
    """

    def forward() -> object:
        try:
            return module(*inputs)
        except Exception as error:
            raise ModelError(f"the model's forward fails on {where}: {_first_line(error)}") from error

    return forward


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
