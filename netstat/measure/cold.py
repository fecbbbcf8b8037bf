"""Cold caches: before a sample, so much is written that nothing the model left behind is still in them."""

from collections.abc import Callable

from netstat.measure.devices import Device

LEAST = 256 * 2**20  # bytes, where the caches are smaller than half of that, or nobody says how large they are


def flusher(device: Device, least: int = LEAST) -> Callable[[], object]:
    """Fills the caches of `device` with something else each time it is called. Holds the memory for that."""
    import torch

    size = max(2 * device.cache_bytes(), least)
    scratch = torch.empty(size, dtype=torch.int8, device=device.torch_device)
    return scratch.zero_
