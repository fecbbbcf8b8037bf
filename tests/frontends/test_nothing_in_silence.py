"""Whatever a model executes is counted or listed, by whichever way it reaches torch."""

import warnings
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.utils.checkpoint import checkpoint

from netstat import profile
from netstat.errors import ModelError
from netstat.frontends.pytorch import capture

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning")]


def seen(model: Any, *shape: int, batch: int = 1) -> list[tuple[str, str]]:
    return [(row.path, row.op) for row in profile(model, shape, batch=batch).layers]


def scripted(module: nn.Module) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.script(module)


class LinearRelu(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.fc(x))


class Fused(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return F.relu(F.linear(x, weight))


def test_a_custom_autograd_functions_forward_is_looked_into() -> None:
    class Model(LinearRelu):
        def forward(self, x: Tensor) -> Tensor:
            return Fused.apply(x, self.fc.weight)

    assert seen(Model(), 4) == [("", "linear"), ("", "relu")]


@pytest.mark.parametrize("reentrant", [False, True])
def test_what_is_checkpointed_counts_once(reentrant: bool) -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.block = LinearRelu()

        def forward(self, x: Tensor) -> Tensor:
            return checkpoint(self.block, x, use_reentrant=reentrant)

    assert seen(Model(), 4) == [("block.fc", "linear"), ("block", "relu")]


@pytest.mark.slow
def test_a_compiled_module_is_the_module_that_was_compiled() -> None:
    assert seen(torch.compile(LinearRelu()), 4) == [("fc", "linear"), ("", "relu")]


def test_compiled_children_and_methods_run_as_they_were_written() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.child = torch.compile(LinearRelu())

        @torch.compile
        def tail(self, x: Tensor) -> Tensor:
            return torch.sigmoid(x)

        def forward(self, x: Tensor) -> Tensor:
            return self.tail(self.child(x))

    assert seen(Model(), 4) == [("child.fc", "linear"), ("child", "relu"), ("", "sigmoid")]


def test_inside_a_scripted_function_every_operator_is_met_at_the_dispatcher() -> None:
    def tail(x: Tensor) -> Tensor:
        return torch.relu(x) + torch.sigmoid(x)

    script = torch.jit.script(tail)
    assert seen(lambda x: script(x), 4) == [("", "relu"), ("", "sigmoid"), ("", "add")]


@pytest.mark.parametrize("way", [scripted, lambda module: torch.jit.trace(module, torch.rand(1, 3, 8, 8))])
def test_a_scripted_or_traced_module_counts_what_the_module_it_was_made_from_counts(way: Any) -> None:
    layers = [nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 5)]
    module = nn.Sequential(*layers).eval()
    ours, theirs = profile(module, (3, 8, 8), batch=2), profile(way(module), (3, 8, 8), batch=2)
    assert theirs.complete
    assert (theirs.totals.flops, theirs.totals.macs) == (ours.totals.flops, ours.totals.macs)
    assert (theirs.totals.params, theirs.totals.unused_params) == (ours.totals.params, 0)
    assert {row.path: row.params for row in theirs.layers if row.params} == {"0": 112, "1": 8, "5": 185}


def test_under_vmap_the_hidden_dimension_counts() -> None:
    p = profile(lambda x: torch.vmap(torch.relu)(x), (3, 8, 8), batch=4)
    assert (p.complete, p.totals.flops) == (True, 4 * 3 * 8 * 8)


def test_a_gradient_taken_inside_forward_counts() -> None:
    p = profile(lambda x: torch.func.vmap(torch.func.grad(lambda t: torch.relu(t)[0]))(x), (4,), batch=3)
    assert "relu" in [row.op for row in p.layers]
    assert not p.complete or p.totals.flops > 3 * 4


def test_values_that_leave_torch_are_listed() -> None:
    class Model(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.from_numpy(x.numpy() * 2)

    assert [u.op for u in profile(Model(), (4,)).uncounted] == ["numpy"]


def test_a_quantised_layer_is_listed() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(4, 4)))
    assert [u.op for u in profile(model, (4,)).uncounted] == ["quantized::linear_dynamic"]


def test_the_eval_mode_fast_path_of_a_transformer_layer_is_not_taken() -> None:
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True).eval()
    ops = [op for _, op in seen(layer, 10, 16)]
    assert ops.count("linear") == 4  # in and out projection, two of the feed-forward part
    assert "_transformer_encoder_layer_fwd" not in ops


def test_a_dispatch_mode_of_the_models_own_is_left_in_its_place() -> None:
    from torch.utils._python_dispatch import TorchDispatchMode

    class Doubled(TorchDispatchMode):
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return func(*args, **(kwargs or {}))

    class Model(LinearRelu):
        def forward(self, x: Tensor) -> Tensor:
            with Doubled():
                return super().forward(x)

    assert seen(Model(), 4) == [("fc", "linear"), ("", "relu")]


def test_a_forward_that_returns_nothing_or_does_nothing_has_no_rows() -> None:
    class Nothing(nn.Module):
        def forward(self, x: Tensor) -> None:
            return None

    p = profile(Nothing(), (4,))
    assert (p.layers, p.complete, p.totals.flops) == ((), True, 0)


def test_a_model_without_parameters_and_a_plain_function_are_models() -> None:
    assert profile(nn.ReLU(), (4,)).totals.params == 0
    assert profile(torch.relu, (4,)).totals.flops == 4


def test_a_forward_that_raises_is_one_line_that_says_what() -> None:
    class Broken(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise ValueError("no such luck\nand more")

    with pytest.raises(ModelError, match=r"^layer '1' raised ValueError: no such luck$"):
        profile(nn.Sequential(nn.ReLU(), Broken()), (4,))


def test_a_large_constant_takes_no_memory() -> None:
    class Model(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x + torch.zeros(1 << 20, 1 << 10).sum() if False else x + torch.ones(4, device=x.device)

    assert seen(Model(), 4) == [("", "add")]
    graph = capture(lambda x: x + torch.zeros(1 << 30, 4), (torch.empty(1, 4, device="meta"),))
    assert graph.nodes[0].outputs[0].shape == (1 << 30, 4)
