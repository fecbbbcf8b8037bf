"""Memory: what the allocator was asked for beside what was predicted."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import torch

import netstat
from netstat.graph import plain
from netstat.measure.device_memory import peak_memory
from netstat.records.device_memory import DeviceMemory
from netstat.units import mebibytes
from tests.gpu.running import running
from tests.gpu.steps import NOTED, Bench, OutOfTimeError, SkipError, Verdict, step, verdict

WITHIN = 0.01
BATCHES = (1, 8)


def bytes_of(tensors: Any) -> int:
    """Bytes of the storages behind tensors, each once."""
    storages = {tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes() for tensor in tensors}
    return sum(storages.values())


def inference(bench: Bench, name: str, batch: int) -> tuple[DeviceMemory | None, int]:
    """The peak of a forward pass, and the bytes of what was there for it."""
    with running(bench, name, batch) as (module, forward):
        forward()  # what libraries set up once is there already
        clear()
        given = bytes_of([*module.parameters(), *module.buffers()]) + input_bytes(bench, name, batch)
        return peak_memory(forward, bench.device), given


def training(bench: Bench, name: str, batch: int) -> tuple[DeviceMemory | None, int]:
    """The peak of a training step with momentum, and the bytes of what was there for it."""
    place, momentum = bench.device.torch_device, 0.9
    with bench.device.active():
        from copy import deepcopy

        module = deepcopy(bench.module(name)).to(place).train()
        x = torch.randn(batch, *bench.models[name], device=place)
        target = torch.zeros(batch, dtype=torch.int64, device=place)
        optimizer = torch.optim.SGD(module.parameters(), lr=1e-3, momentum=momentum)

        def one_step() -> None:
            torch.nn.functional.cross_entropy(module(x), target).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

        one_step()
        clear()
        states = [held for state in optimizer.state.values() for held in state.values() if torch.is_tensor(held)]
        given = bytes_of([*module.parameters(), *module.buffers(), *states, x, target])
        return peak_memory(one_step, bench.device), given


def clear() -> None:
    """Give back what libraries hold for the next call, so that only tensors are there when it begins."""
    internal: Any = torch._C
    with suppress(AttributeError, RuntimeError):
        internal._cuda_clearCublasWorkspaces()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def input_bytes(bench: Bench, name: str, batch: int) -> int:
    return 4 * batch * torch.Size(bench.models[name]).numel()


@step(75)
def memory(bench: Bench) -> Iterator[Verdict]:
    """Predicted peaks of inference and training beside `requested_bytes`, at batch 1 and 8."""
    kept = bench.results.setdefault("memory", [])
    for name, shape in bench.models.items():
        for batch in BATCHES:
            said = prediction(bench, name, shape, batch)
            for kind, measure in {"inference": inference, "training": training}.items():
                seen, given = measure(bench, name, batch)
                row = {"model": name, "batch": batch, "pass": kind, "given": given, "predicted": said.get(kind)}
                kept.append({**row, "measured": plain(seen) if seen else None})
                yield compared(f"{kind} memory, {name} batch {batch}", seen, given, said.get(kind))


def prediction(bench: Bench, name: str, shape: tuple[int, ...], batch: int) -> dict[str, int]:
    predict = getattr(netstat, "memory", None)
    if predict is None:
        return {}
    try:
        said = predict(bench.module(name), shape, batch=batch, optimizer="sgd-momentum")
        return {"inference": said.inference_peak_bytes, "training": said.training_peak_bytes}
    except (OutOfTimeError, SkipError):
        raise
    except Exception:  # noqa: BLE001  the measured side is wanted all the same
        return {}


def compared(check: str, seen: DeviceMemory | None, given: int, predicted: int | None) -> Verdict:
    """Held against what was asked for during the call, less what was there that is no tensor of the model's."""
    if seen is None:
        return Verdict(check, NOTED, f"nobody counts; predicted {mebibytes(predicted) if predicted else 'nothing'}")
    asked = seen.requested - (seen.before - given)
    waterfall = f"allocated {mebibytes(seen.allocated)}, reserved {mebibytes(seen.reserved)}"
    if predicted is None:
        return Verdict(check, NOTED, f"requested {mebibytes(asked)}, {waterfall}; no prediction")
    apart = predicted / asked - 1
    line = f"predicted {mebibytes(predicted)}, requested {mebibytes(asked)}: {apart:+.2%}; {waterfall}"
    # Less than was asked for is workspace, the kernels' own choice; more than was asked for is a wrong prediction.
    if apart < -WITHIN:
        return Verdict(check, NOTED, f"{line}; {mebibytes(asked - predicted)} of workspace")
    return verdict(check, apart <= WITHIN, line)
