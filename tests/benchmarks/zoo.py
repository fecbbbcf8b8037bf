"""Wall time of all of torchvision's classification models, one after the other in one process: netstat and its peer."""

import random
import warnings
from typing import Any

import torch
import torchvision
from torch import nn

from netstat.frontends.outline import WeightsOnMeta
from tests.benchmarks.modules import seconds, with_flop_counter_mode, with_netstat
from tests.benchmarks.sampling import SEED

TOOLS = {"netstat": with_netstat, "FlopCounterMode": with_flop_counter_mode}
OWN_INITIALISATION = ("googlenet", "inception_v3")  # which warns, and takes long, unless it is declined


def names() -> list[str]:
    return torchvision.models.list_models(module=torchvision.models)


def built(name: str) -> tuple[nn.Module, torch.Tensor]:
    """The model in eval mode and an image, on the meta device."""
    options = {"init_weights": False} if name in OWN_INITIALISATION else {}
    with WeightsOnMeta():  # some read values of their own while they are built
        model = torchvision.models.get_model(name, **options)
    return model.eval().to("meta"), torch.zeros(1, 3, side(name), side(name), device="meta")


def side(name: str) -> int:
    """The smallest image any of the model's weights was trained for: what it is built for."""
    return min(weights.transforms().crop_size[0] for weights in torchvision.models.get_model_weights(name))


def measure(models: list[str] | None = None) -> list[dict[str, Any]]:
    """A row per model: seconds of each tool's first and only call on it, in an order drawn at random."""
    warnings.simplefilter("ignore")
    order = random.Random(SEED)
    warm(*built("alexnet"))
    return [{"name": name, **once(*built(name), order)} for name in models or names()]


def warm(model: nn.Module, input: torch.Tensor) -> None:
    """What the tools import and cache is no model's."""
    for count in TOOLS.values():
        count(model, input)


def once(model: nn.Module, input: torch.Tensor, order: random.Random) -> dict[str, float]:
    return {tool: seconds(TOOLS[tool], model, input)[1] for tool in order.sample(list(TOOLS), len(TOOLS))}
