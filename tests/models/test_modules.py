"""A spec and the real thing are the same: module, state_dict, and the graph both lead to."""

from dataclasses import replace

import pytest
import torch
import torchvision

from netstat import profile
from netstat.frontends.assemble import assemble
from netstat.frontends.builder import build_graph
from netstat.frontends.pytorch import capture
from netstat.graph import TORCH, Graph, TensorSpec
from netstat.models import MODELS

pytestmark = pytest.mark.torch

SPECS = [name for name in MODELS.names() if not MODELS[name].needs_torch]
IN_TORCHVISION = [name for name in SPECS if name in torchvision.models.list_models()]


def built(name: str, batch: int = 1) -> Graph:
    model = MODELS[name]
    return build_graph(name, model.build(), TensorSpec((batch, *model.input_shape)))


def captured(name: str, module: torch.nn.Module, batch: int = 1) -> Graph:
    return capture(module, (torch.empty(batch, *MODELS[name].input_shape, device="meta"),), name=name)


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("batch", [1, 3])
def test_the_graph_of_the_spec_is_the_graph_of_its_module_node_by_node(name: str, batch: int) -> None:
    with torch.device("meta"):
        module = assemble(MODELS[name].build())
    assert built(name, batch) == captured(name, module, batch)


@pytest.mark.parametrize("name", IN_TORCHVISION)
def test_the_graph_of_the_spec_is_the_graph_of_torchvisions_module_node_by_node(name: str) -> None:
    with torch.device("meta"):
        module = torchvision.models.get_model(name, weights=None)
    assert wherever(built(name)) == wherever(captured(name, module))


def wherever(graph: Graph) -> Graph:
    """Without the files that classes beside torch's own are defined in."""
    homes = {module: module._replace(home=module.home if module.home == TORCH else "") for module in graph.modules}
    calls = tuple(call._replace(module=homes[call.module]) for call in graph.calls)
    return replace(graph, modules=tuple(homes.values()), calls=calls)


def test_torchvision_has_alexnet_and_all_eight_vggs() -> None:
    assert len(IN_TORCHVISION) == 9


@pytest.mark.parametrize("name", IN_TORCHVISION)
def test_a_built_module_has_torchvisions_state_dict(name: str) -> None:
    with torch.device("meta"):
        ours, theirs = assemble(MODELS[name].build()), torchvision.models.get_model(name, weights=None)
    assert shapes(ours) == shapes(theirs)


@pytest.mark.parametrize("name", SPECS)
def test_params_equal_the_modules_own_sum(name: str) -> None:
    with torch.device("meta"):
        module = assemble(MODELS[name].build())
    assert profile(name).totals.params == sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize("name", ["lenet", "alexnet-d2l"])
def test_a_built_module_runs_on_real_tensors(name: str) -> None:
    model = MODELS[name]
    module = assemble(model.build()).eval()
    with torch.inference_mode():
        output = module(torch.randn(2, *model.input_shape))
    assert tuple(output.shape) == profile(name, batch=2).layers[-1].output_shape


def test_vgg16_functional_lists_the_relus_and_the_reshape_of_its_forward() -> None:
    p = profile("vgg16-functional")
    ops = [row.op for row in p.layers]
    assert (ops.count("relu"), ops.count("reshape"), ops.count("conv2d")) == (15, 1, 13)
    assert {row.path for row in p.layers if row.op == "relu"} == {""}
    assert [row.call for row in p.layers if row.op == "relu"] == list(range(15))
    assert (p.totals.params, p.totals.macs) == (138_357_544, 15_470_264_320)
    assert p.complete


def test_the_two_vgg16s_differ_only_in_what_is_a_module_and_in_the_identity_pool() -> None:
    spec, functional = profile("vgg16").totals, profile("vgg16-functional").totals
    identity_pool = 512 * 7 * 7  # torchvision's 7×7 to 7×7 average pooling divides every value by one
    assert spec.flops - functional.flops == identity_pool


def shapes(module: torch.nn.Module) -> list[tuple[str, tuple[int, ...]]]:
    return [(name, tuple(tensor.shape)) for name, tensor in module.state_dict().items()]
