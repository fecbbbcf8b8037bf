"""What netstat was handed is as it was, whatever was asked of it and however it ended."""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy
import pytest

import netstat
from netstat.errors import NetstatError
from netstat.measure.settings import QUICK

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402  needs torch
from torch.nn.modules import module as torch_module  # noqa: E402

pytestmark = pytest.mark.torch

Call = Callable[[nn.Module], object]


class Net(nn.Module):
    """Everything that could be spoilt: buffers, a frozen weight, modes, hooks, gradients, a draw in forward."""

    def __init__(self, fails: bool = False) -> None:
        super().__init__()
        self.conv, self.norm, self.head = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 2)
        self.register_buffer("scale", torch.ones(4))
        self.conv.weight.requires_grad_(False)
        self.fails, self.calls = fails, 0
        self.norm.register_forward_hook(lambda module, args, output: None)
        self.head.register_full_backward_hook(lambda module, grads, outputs: None)
        self.norm.eval()

    def forward(self, x: Tensor) -> Tensor:
        """Counts itself, draws from every generator, and may fail."""
        self.calls += 1
        random.random()
        numpy.random.rand()
        noise = torch.rand(4, device=x.device, dtype=x.dtype)
        if self.fails:
            raise ValueError("not today")
        pooled = self.norm(self.conv(x)).mean((2, 3)) * self.scale
        scores: Tensor = self.head(pooled + noise)
        return scores


def net(*, fails: bool = False) -> nn.Module:
    model = Net()
    model(torch.randn(2, 3, 8, 8)).sum().backward()
    model.fails = fails
    return model


def fingerprint(model: nn.Module) -> dict[str, Any]:
    """All there is to spoil."""
    tensors = {**model.state_dict(keep_vars=True)}
    return {
        "values": {name: tensor.detach().clone() for name, tensor in tensors.items()},
        "tensors": {name: (id(t), t.data_ptr(), t.device, t.dtype, t.requires_grad) for name, t in tensors.items()},
        "grads": {name: None if p.grad is None else p.grad.clone() for name, p in model.named_parameters()},
        "modules": {path: (id(module), type(module), module.training) for path, module in model.named_modules()},
        "attributes": {path: sorted(vars(module)) for path, module in model.named_modules()},
        "calls": model.calls,
        "hooks": {
            (path, name): list(value)
            for path, module in model.named_modules()
            for name, value in vars(module).items()
            if "hooks" in name and isinstance(value, dict)
        },
        "global hooks": {name: list(value) for name, value in vars(torch_module).items() if all_hooks(name, value)},
        "process": {
            "torch": torch.get_rng_state(), "python": random.getstate(), "numpy": numpy.random.get_state(),
            "threads": torch.get_num_threads(), "grad": torch.is_grad_enabled(), "dtype": torch.get_default_dtype(),
            "inference": torch.is_inference_mode_enabled(), "matmul": torch.get_float32_matmul_precision(),
        },
    }  # fmt: skip


def all_hooks(name: str, value: object) -> bool:
    return name.startswith("_global") and "hooks" in name and isinstance(value, dict)


def assert_same(before: Any, after: Any, place: str = "") -> None:
    if isinstance(before, dict):
        assert before.keys() == after.keys(), place
        for key in before:
            assert_same(before[key], after[key], f"{place}.{key}")
    elif isinstance(before, (list, tuple)):
        assert len(before) == len(after), place
        for i, (a, b) in enumerate(zip(before, after, strict=True)):
            assert_same(a, b, f"{place}[{i}]")
    elif isinstance(before, Tensor):
        assert torch.equal(before, after), place
    elif isinstance(before, numpy.ndarray):
        assert (before == after).all(), place
    else:
        assert before == after, place


CALLS: dict[str, Call] = {
    "profile": lambda model: netstat.profile(model, (3, 8, 8), batch=2),
    "profile in training": lambda model: netstat.profile(model, (3, 8, 8), batch=2, training=True),
    "profile in half precision": lambda model: netstat.profile(model, (3, 8, 8), dtype="bfloat16"),
    "profile of tensors": lambda model: netstat.profile(model, args=(torch.zeros(1, 3, 8, 8),)),
    "profile of a method": lambda model: netstat.profile(model.forward, (3, 8, 8)),
    "profile that does not fit": lambda model: netstat.profile(model, (5, 8, 8)),
    "compare": lambda model: netstat.compare(model, model, input_shape=(3, 8, 8)),
    "stat": lambda model: netstat.stat(model, (3, 8, 8)),
    "crosscheck": lambda model: netstat.crosscheck(model, (3, 8, 8)),
    "benchmark": lambda model: netstat.benchmark(model, (3, 8, 8), settings=QUICK),
    "benchmark in half precision": lambda model: netstat.benchmark(
        model, (3, 8, 8), dtype="bf16", threads=1, settings=QUICK
    ),
    "profile with layers frozen": lambda model: netstat.profile(model, (3, 8, 8), freeze=["head"], backward=True),
    "profile of a layer that came frozen": lambda model: netstat.profile(model, (3, 8, 8), train_only=["conv"]),
    "memory": lambda model: netstat.memory(model, (3, 8, 8), batch=2, measure=True),
    "memory with layers frozen": lambda model: netstat.memory(
        model, (3, 8, 8), batch=2, measure=True, train_only=["conv"], freeze="*.bias"
    ),
    "benchmark of a training step with layers frozen": lambda model: netstat.benchmark(
        model, (3, 8, 8), batch=2, threads=1, training=True, loss="sum", train_only=["conv"], settings=QUICK
    ),
    "benchmark of a training step": lambda model: netstat.benchmark(
        model, (3, 8, 8), batch=2, dtype="fp16", threads=1, training=True, loss="sum", settings=QUICK
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("fails", [False, True], ids=["", "forward raises"])
@pytest.mark.parametrize("call", CALLS)
def test_a_module_and_the_process_are_as_they_were(call: str, fails: bool) -> None:
    model = net(fails=fails)
    before = fingerprint(model)
    try:
        CALLS[call](model)
    except NetstatError:
        assert fails or "fit" in call
    assert_same(before, fingerprint(model))


@pytest.mark.gpu
@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("call", CALLS)
def test_a_module_on_a_gpu_stays_there_as_it_was(call: str, device: str) -> None:
    model = net().to("cuda")
    calls = {**CALLS, "benchmark": lambda model: netstat.benchmark(model, (3, 8, 8), device=device, settings=QUICK)}
    before = fingerprint(model), torch.cuda.get_rng_state(), torch.cuda.current_device()
    with suppress(NetstatError):
        calls[call](model)
    assert_same(before, (fingerprint(model), torch.cuda.get_rng_state(), torch.cuda.current_device()))


def test_a_module_that_was_touched_is_found_out() -> None:
    model = net()
    before = fingerprint(model)
    model(torch.zeros(1, 3, 8, 8))
    with pytest.raises(AssertionError, match="calls"):
        assert_same(before, fingerprint(model))


def test_inputs_are_as_they_were() -> None:
    x = torch.randn(1, 3, 8, 8, requires_grad=True)
    values = x.detach().clone()
    netstat.profile(nn.Sequential(nn.ReLU(inplace=True)), args=(x + 0,))
    netstat.profile(net(), args=(x,))
    assert torch.equal(x, values)
    assert x.grad is None


@pytest.mark.slow
@pytest.mark.parametrize("model", ["lenet", "vgg16-functional", "torchvision:resnet18"])
def test_models_netstat_makes_itself_draw_nothing_from_the_process(model: str) -> None:
    states = torch.get_rng_state(), random.getstate(), numpy.random.get_state()
    netstat.profile(model)
    if model == "lenet":
        netstat.crosscheck(model)
        netstat.benchmark(model, settings=QUICK)
    assert_same(states, (torch.get_rng_state(), random.getstate(), numpy.random.get_state()))
