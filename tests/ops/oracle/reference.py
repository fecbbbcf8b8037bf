"""What torch makes of the oracle's configurations.

Paddings that torch has no name for are laid around the input first.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  its name everywhere

from oracle import Call, sliding
from oracle.tensors import Tensor

Tensors = tuple[torch.Tensor, ...]


def to_torch(tensor: Any) -> Any:
    """The same tensor, or list of tensors, for torch; None stays None."""
    if isinstance(tensor, list):
        return [to_torch(one) for one in tensor]
    if not isinstance(tensor, Tensor):
        return tensor
    return torch.tensor(tensor.plain(), dtype=getattr(torch, tensor.dtype)).reshape(tensor.shape)


def conv(dims: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    if padding in ("SAME", "VALID"):
        input, _ = padded(input, weight.shape[2:], stride, padding, dilation, 0.0)
        padding = 0
    return getattr(F, f"conv{dims}d")(input, weight, bias, stride, padding, dilation, groups)


def padded(
    input: torch.Tensor, kernel: Any, stride: Any, padding: str, dilation: Any, value: float
) -> tuple[torch.Tensor, list[sliding.Pair]]:
    """The input with a named padding around it, and that padding."""
    dims, sizes = len(kernel), tuple(input.shape[-len(kernel) :])
    pads = sliding.paddings(sizes, kernel, sliding.spread(stride, dims), padding, sliding.spread(dilation, dims))
    return F.pad(input, [side for pair in reversed(pads) for side in pair], value=value), pads


def max_pool(dims: int, input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, **chosen: Any) -> Any:
    sizes, pads = input.shape[-dims:], [(0, 0)] * dims
    if isinstance(padding, str):
        kernel = sliding.spread(kernel_size, dims)
        input, pads = padded(input, kernel, stride or kernel, padding, dilation, float("-inf"))
        padding = 0
    found = getattr(F, f"max_pool{dims}d")(input, kernel_size, stride, padding, dilation, **chosen)
    return (
        (found[0], without_padding(found[1], input.shape[-dims:], sizes, pads)) if chosen["return_indices"] else found
    )


def without_padding(indices: torch.Tensor, padded_sizes: Any, sizes: Any, pads: list[sliding.Pair]) -> torch.Tensor:
    """Indices into the padded input as indices into the input."""
    at = torch.unravel_index(indices, padded_sizes)
    flat = torch.zeros_like(indices)
    for along, size, (before, _) in zip(at, sizes, pads, strict=True):
        flat = flat * size + along - before
    return flat


def avg_pool(dims: int, input: Any, kernel_size: Any, stride: Any, padding: Any, **chosen: Any) -> Any:
    pool = getattr(F, f"avg_pool{dims}d")
    if not isinstance(padding, str):
        return pool(input, kernel_size, stride, padding, **chosen)
    kernel = sliding.spread(kernel_size, dims)
    around, _ = padded(input, kernel, stride or kernel, padding, 1, 0.0)
    there, _ = padded(torch.ones_like(input), kernel, stride or kernel, padding, 1, 0.0)
    if chosen["count_include_pad"] or chosen.get("divisor_override"):
        return pool(around, kernel_size, stride, **chosen)
    return pool(around, kernel_size, stride) / pool(there, kernel_size, stride)


def softmax(input: Any, dim: Any, dtype: Any) -> Any:
    return F.softmax(input, dim, dtype=getattr(torch, dtype) if dtype else None)


REFERENCES: dict[str, Callable[..., Any]] = {
    "linear": F.linear,
    "local_response_norm": F.local_response_norm,
    "batch_norm": F.batch_norm,
    "relu": F.relu,
    "sigmoid": lambda input, inplace=False: torch.sigmoid(input),
    "tanh": lambda input, inplace=False: torch.tanh(input),
    "softmax": softmax,
    "dropout": F.dropout,
    "flatten": torch.flatten,
    "reshape": torch.reshape,
    "permute": torch.permute,
    "transpose": torch.transpose,
    "squeeze": torch.squeeze,
    "unsqueeze": torch.unsqueeze,
    "contiguous": lambda input: input.contiguous(),
    "detach": torch.detach,
    "clone": torch.clone,
    "cat": torch.cat,
    "pad": F.pad,
}
for dims in (1, 2, 3):
    REFERENCES[f"conv{dims}d"] = partial(conv, dims)
    REFERENCES[f"max_pool{dims}d"] = partial(max_pool, dims)
    REFERENCES[f"avg_pool{dims}d"] = partial(avg_pool, dims)
    for kind in ("max", "avg"):
        REFERENCES[f"adaptive_{kind}_pool{dims}d"] = getattr(F, f"adaptive_{kind}_pool{dims}d")


UNPREDICTABLE = {"dropout"}  # draws random numbers; each has a test of its own
for file in sorted(Path(__file__).parent.glob("torch_*.py")):  # each adds to the above
    import_module(f"oracle.{file.stem}")


def torch_alone_refuses(name: str, call: Call) -> bool:
    """avg_pool3d wants the input before padding to be no smaller than the kernel; all other pools do without that."""
    if name != "avg_pool3d":
        return False
    sizes, kernel = call.tensors["input"].shape[-3:], sliding.spread(call.attributes["kernel_size"], 3)
    return any(size < k for size, k in zip(sizes, kernel, strict=False))


def run_torch(name: str, tensors: dict[str, Any], attributes: dict[str, Any]) -> Tensors:
    """The outputs of the torch function, however many it has."""
    outputs = REFERENCES[name](**tensors, **attributes)
    return tuple(outputs) if isinstance(outputs, (tuple, list)) else (outputs,)
