"""Wall time of one call on a built module: netstat beside each peer, on the same module in the same process."""

import copy
import gc
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
import torchvision

import netstat
from netstat.frontends import recorder
from tests.benchmarks.sampling import interleaved, missing, row

SIDES = {
    "alexnet": 224,
    "vgg16": 224,
    "resnet50": 224,
    "vit_b_16": 224,
    "swin_v2_b": 256,
    "maxvit_t": 224,
    "convnext_large": 224,
}
FEWEST, LONGEST = 3, 30.0  # samples of each tool; seconds for one model, beyond which there are no more
Count = Callable[[torch.nn.Module, torch.Tensor], int]


class NoAudit(nullcontext[None]):
    """Stands in for the recorder's audit, and hears nothing."""

    listening = False

    def __init__(self, note: Any) -> None:
        super().__init__()

    def pause(self) -> bool:
        return False

    def resume(self, taken_off: bool, listening: bool) -> None:
        pass

    def on(self) -> nullcontext[None]:
        return nullcontext()


@contextmanager
def unaudited() -> Iterator[None]:
    """Recorders made in this context have no audit."""
    audit, recorder.Audit = recorder.Audit, NoAudit
    try:
        yield
    finally:
        recorder.Audit = audit


def with_netstat(model: torch.nn.Module, input: torch.Tensor) -> int:
    return netstat.profile(model, tuple(input.shape[1:])).totals.macs


def with_netstat_unaudited(model: torch.nn.Module, input: torch.Tensor) -> int:
    with unaudited():
        return with_netstat(model, input)


def with_thop(model: torch.nn.Module, input: torch.Tensor) -> int:
    import thop

    return int(thop.profile(model, inputs=(input,), verbose=False)[0])


def with_fvcore(model: torch.nn.Module, input: torch.Tensor) -> int:
    from fvcore.nn import FlopCountAnalysis

    counted = FlopCountAnalysis(model, input).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return int(counted.total())


def with_ptflops(model: torch.nn.Module, input: torch.Tensor) -> int:
    import ptflops

    options = {"as_strings": False, "print_per_layer_stat": False, "verbose": False}
    return int(ptflops.get_model_complexity_info(model, tuple(input.shape[1:]), **options)[0])


def with_torchinfo(model: torch.nn.Module, input: torch.Tensor) -> int:
    import torchinfo

    return int(torchinfo.summary(model, input_data=input, verbose=0).total_mult_adds)


def with_calflops(model: torch.nn.Module, input: torch.Tensor) -> int:
    import calflops

    options = {"print_results": False, "print_detailed": False, "output_as_string": False}
    return int(calflops.calculate_flops(model, input_shape=tuple(input.shape), **options)[1])


def with_flop_counter_mode(model: torch.nn.Module, input: torch.Tensor) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(input)
    return int(counter.get_total_flops())


ON_CPU: dict[str, Count] = {
    "netstat": with_netstat,
    "thop": with_thop,
    "fvcore": with_fvcore,
    "ptflops": with_ptflops,
    "torchinfo": with_torchinfo,
    "calflops": with_calflops,
    "FlopCounterMode": with_flop_counter_mode,
}
ON_META: dict[str, Count] = {
    "netstat": with_netstat,
    "netstat without its audit": with_netstat_unaudited,
    "FlopCounterMode": with_flop_counter_mode,
}


def measure(repeats: int) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Rows by device and model: seconds of one call, the module in eval mode."""
    warnings.simplefilter("ignore")
    return {
        device: {name: of_model(name, device, tools, repeats) for name in SIDES}
        for device, tools in (("meta", ON_META), ("cpu", ON_CPU))  # some of the latter leave traces in the process
    }


def of_model(name: str, device: str, tools: dict[str, Count], repeats: int) -> list[dict[str, Any]]:
    with torch.device(device):
        model, input = torchvision.models.get_model(name).eval(), torch.zeros(1, 3, SIDES[name], SIDES[name])
    counted, failed = {}, []
    own = {
        tool: copy.deepcopy(model) for tool in tools
    }  # some leave attributes on the module, which all others would copy
    for tool, count in tools.items():
        try:
            counted[tool] = seconds(count, own[tool], input)
        except Exception as error:  # noqa: BLE001 - a peer that cannot run is a row that says so
            failed.append(missing(tool, error))
    takers = {tool: lambda tool=tool: seconds(tools[tool], own[tool], input)[1] for tool in counted}
    round_of_all = sum(first for _, first in counted.values())
    samples = interleaved(takers, dict.fromkeys(takers, min(repeats, max(FEWEST, int(LONGEST / round_of_all)))))
    return [
        row(tool, taken, count=counted[tool][0], first=counted[tool][1]) for tool, taken in samples.items()
    ] + failed


def seconds(count: Count, model: torch.nn.Module, input: torch.Tensor) -> tuple[int, float]:
    """The tool's figure and the wall time of its call; garbage is collected before, not during."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        figure = count(model, input)
        return figure, time.perf_counter() - start
    finally:
        gc.enable()
