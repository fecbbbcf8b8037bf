"""Capturing torch modules: what is seen, under which path, and that nothing is left behind."""

import copy
import functools
import random

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.modules import module as torch_module

from netstat import benchmark, crosscheck, profile
from netstat.errors import ModelError, ShapeError
from netstat.frontends.pytorch import capture
from netstat.graph import Graph
from netstat.ops.base import OPERATORS, named_specs
from netstat.peers import STANDARD

pytestmark = pytest.mark.torch


def meta(*sizes: int) -> Tensor:
    return torch.empty(sizes, device="meta")


def rows(graph: Graph) -> list[tuple[str, str, int]]:
    return [(node.path, node.op, node.call) for node in graph.nodes]


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm(self.conv(x)))
        return torch.cat([x + y, y.mean(1, keepdim=True)], 1)


def test_functional_operators_stand_under_the_module_whose_forward_ran_them() -> None:
    graph = capture(nn.Sequential(Residual()), (meta(1, 4, 8, 8),))
    assert rows(graph) == [
        ("0.conv", "conv2d", 0),
        ("0.norm", "batch_norm", 0),
        ("0", "relu", 0),
        ("0", "add", 0),
        ("0", "mean", 0),
        ("0", "cat", 0),
    ]


def test_each_tensor_knows_which_node_made_it() -> None:
    graph = capture(Residual(), (meta(1, 4, 8, 8),))
    add = next(node for node in graph.nodes if node.op == "add")
    assert [(a.source.kind, a.source.name, a.source.node) for a in add.arguments] == [
        ("input", "input", -1),
        ("node", "", 2),
    ]
    assert graph.outputs[0].node == len(graph.nodes) - 1


def test_an_operator_without_a_formula_is_listed_and_the_profile_is_not_complete() -> None:
    p = profile(lambda x: torch.igamma(x, x) + 1, (4, 4, 4))
    assert [(u.path, u.op, u.calls, u.elements) for u in p.uncounted] == [("", "igamma", 1, 64)]
    assert not p.complete
    assert next(row for row in p.layers if row.op == "igamma").count is None
    assert "≥" in str(p)


def test_a_module_called_twice_counts_twice_and_owns_its_parameters_once() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(6, 6)

        def forward(self, x: Tensor) -> Tensor:
            return self.layer(self.layer(x))

    p = profile(Twice(), (6,))
    assert [(row.path, row.call, row.params, row.macs) for row in p.layers] == [
        ("layer", 0, 42, 36),
        ("layer", 1, 42, 36),
    ]
    assert (p.totals.params, p.totals.macs) == (42, 72)


def test_a_shared_module_counts_its_parameters_once() -> None:
    layer = nn.Linear(5, 5)
    p = profile(nn.Sequential(layer, nn.ReLU(), layer), (5,))
    assert p.totals.params == 30
    assert p.totals.macs == 50


def test_tied_weights_count_once() -> None:
    a, b = nn.Linear(4, 4), nn.Linear(4, 4)
    b.weight = a.weight
    model = nn.Sequential(a, b)
    assert profile(model, (4,)).totals.params == sum(p.numel() for p in model.parameters()) == 16 + 4 + 4


def test_frozen_and_unused_parameters_are_told_apart() -> None:
    class Spare(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.spare = nn.Linear(3, 3), nn.Linear(3, 7)
            self.used.requires_grad_(False)

        def forward(self, x: Tensor) -> Tensor:
            return self.used(x)

    totals = profile(Spare(), (3,)).totals
    assert (totals.params, totals.trainable_params, totals.unused_params) == (12 + 28, 28, 28)


def test_a_callable_is_profiled_with_the_weights_it_closes_over() -> None:
    weight = torch.randn(7, 5)
    p = profile(lambda x: torch.relu(F.linear(x, weight)), (5,), batch=2)
    assert [(row.op, row.macs) for row in p.layers] == [("linear", 70), ("relu", 0)]


def test_several_inputs_are_named_after_forwards_parameters() -> None:
    class Two(nn.Module):
        def forward(self, left: Tensor, right: Tensor) -> Tensor:
            return left + right

    p = profile(Two(), args=(torch.randn(2, 3), torch.randn(3)))
    assert [(i.name, i.shape) for i in p.inputs] == [("left", (2, 3)), ("right", (3,))]
    assert p.totals.adds == 6


def test_a_subclassed_layer_is_seen_and_known_as_no_stock_layer() -> None:
    class Conv(nn.Conv2d):
        pass

    (node,) = capture(Conv(4, 6, 3), (meta(1, 4, 8, 8),)).nodes
    assert (node.op, node.module, node.stock) == ("conv2d", "Conv", False)


@pytest.mark.parametrize(
    "spelling",
    [F.relu, torch.relu, torch.relu_, Tensor.relu, Tensor.relu_, nn.ReLU(), nn.ReLU(inplace=True)],
)
def test_every_spelling_of_relu_is_a_relu(spelling) -> None:
    p = profile(lambda x: spelling(x), (4, 4))
    assert [(row.op, row.compares) for row in p.layers] == [("relu", 16)]


@pytest.mark.parametrize(
    "spelling", [lambda x: x + x, lambda x: torch.add(x, x), lambda x: x.add(x), lambda x: x.add_(x)]
)
def test_every_spelling_of_add_is_an_add_that_reads_its_one_tensor_once(spelling) -> None:
    (row,) = profile(spelling, (4,)).layers
    assert (row.op, row.adds, row.bytes_read, row.bytes_written) == ("add", 4, 16, 16)


def test_dropout_costs_nothing_in_evaluation_and_is_counted_in_training() -> None:
    model = nn.Sequential(nn.Dropout(0.5))
    assert profile(model, (10,)).totals.flops == 0
    assert profile(model, (10,), training=True).totals.flops == 20


def test_batch_norm_costs_more_in_training() -> None:
    model = nn.BatchNorm2d(3)
    evaluated, trained = profile(model, (3, 4, 4)).totals, profile(model, (3, 4, 4), training=True).totals
    assert evaluated.flops == 4 * 48 + 2 * 3
    assert trained.flops > evaluated.flops


def test_counts_are_the_same_from_a_meta_module_a_real_one_and_the_tenth_call() -> None:
    with torch.device("meta"):
        on_meta = torchvision.models.alexnet()
    real = torchvision.models.alexnet()
    first = profile(real, (3, 224, 224))
    assert all(profile(real, (3, 224, 224)) == first for _ in range(9))
    assert profile(on_meta, (3, 224, 224)) == first


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 2, 7])
def test_macs_grow_with_the_batch_and_params_do_not(batch: int) -> None:
    model = torchvision.models.resnet18()
    one, many = profile(model, (3, 64, 64)).totals, profile(model, (3, 64, 64), batch=batch).totals
    assert many.macs == batch * one.macs
    assert many.flops - one.flops == (batch - 1) * (one.flops - statistics_cost(model))
    assert many.params == one.params


def statistics_cost(model: nn.Module) -> int:
    """Batch normalisation adds eps and takes a root once per channel, whatever the batch."""
    return sum(2 * m.num_features for m in model.modules() if isinstance(m, nn.BatchNorm2d))


def test_resnet50_is_complete_and_has_the_literatures_macs() -> None:
    p = profile("torchvision:resnet50", (3, 224, 224))
    assert p.complete
    assert (p.totals.params, p.totals.macs) == (25_557_032, 4_089_184_256)


def test_nothing_of_the_model_is_allocated() -> None:
    with torch.device("meta"):
        model = nn.Linear(10**6, 10**6)
    assert profile(model, (10**6,), batch=10**4).totals.macs == 10**16


class Failing(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        torch.rand(1)
        random.random()
        raise ValueError("not today\nnor tomorrow")


def fingerprint(model: nn.Module) -> dict[str, object]:
    return {
        "state": {name: (id(t), t.clone(), t.device) for name, t in model.state_dict(keep_vars=True).items()},
        "training": [m.training for m in model.modules()],
        "hooks": [len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules()],
        "keys": [sorted(vars(m)) for m in model.modules()],
        "grads": [None if p.grad is None else p.grad.clone() for p in model.parameters()],
        "global hooks": len(torch_module._global_forward_hooks) + len(torch_module._global_forward_pre_hooks),
        "torch rng": torch.get_rng_state(),
        "python rng": random.getstate(),
    }


def assert_same(before: object, after: object) -> None:
    if isinstance(before, Tensor):
        assert torch.equal(before, after)
    elif isinstance(before, dict):
        assert before.keys() == after.keys()
        for key in before:
            assert_same(before[key], after[key])
    elif isinstance(before, (list, tuple)):
        assert len(before) == len(after)
        for a, b in zip(before, after, strict=True):
            assert_same(a, b)
    else:
        assert before == after


@pytest.mark.parametrize("training", [False, True])
def test_a_profile_leaves_the_module_and_the_process_as_they_were(training: bool) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(), nn.Flatten(), nn.Linear(4 * 36, 2))
    model(torch.randn(2, 3, 8, 8)).sum().backward()
    before = fingerprint(model)
    profile(model, (3, 8, 8), batch=2, training=training)
    assert_same(before, fingerprint(model))


def test_a_profile_leaves_the_module_as_it_was_also_when_forward_raises() -> None:
    model = nn.Sequential(Failing())
    before = fingerprint(model)
    with pytest.raises(ModelError, match=r"layer '0' raised ValueError: not today$"):
        profile(model, (4,))
    assert_same(before, fingerprint(model))


def test_a_forward_that_writes_to_its_own_attributes_writes_to_a_copy() -> None:
    class Counting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("seen", torch.zeros(2))
            self.history: list[int] = []

        def forward(self, x: Tensor) -> Tensor:
            self.history.append(1)
            self.seen = self.seen + 1
            return x + self.seen

    model = Counting()
    profile(model, (2,))
    assert model.history == []
    assert torch.equal(model.seen, torch.zeros(2))


def test_a_layer_that_cannot_take_its_input_is_named_with_what_it_got_and_needs() -> None:
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(9, 8, 3))
    with pytest.raises(ShapeError, match=r"layer '2': needs 9 input channels, got 8"):
        profile(model, (3, 16, 16))


def test_an_input_too_small_for_a_torch_module_comes_with_the_size_that_works() -> None:
    model = nn.Sequential(nn.Conv2d(3, 8, 5), nn.MaxPool2d(4))
    with pytest.raises(ShapeError, match=r"layer '1'.*3×8×8 is the smallest square input that works"):
        profile(model, (3, 6, 6))
    assert profile(model, (3, 8, 8)).layers[-1].output_shape == (1, 8, 1, 1)


def test_a_module_that_cannot_be_copied_is_refused_with_a_reason() -> None:
    class Stubborn(nn.Linear):
        def __deepcopy__(self, memo: dict[int, object]) -> "Stubborn":
            raise TypeError("one of a kind")

    with pytest.raises(ModelError, match=r"cannot be copied .TypeError: one of a kind."):
        profile(Stubborn(3, 3), (3,))


def test_a_deep_copy_profiles_like_its_original() -> None:
    model = Residual()
    assert profile(copy.deepcopy(model), (4, 8, 8)) == profile(model, (4, 8, 8))


class Masked(nn.Module):
    def forward(self, x: Tensor, *, mask: Tensor) -> Tensor:
        return x + mask


class Scaled(nn.Module):
    def forward(self, x: Tensor, other: Tensor) -> Tensor:
        return x + other


def test_inputs_given_by_name_are_put_in_the_order_of_the_signature() -> None:
    p = profile(Scaled(), {"other": (3,), "x": (3,)}, batch=2)
    assert [i.name for i in p.inputs] == ["x", "other"]
    assert all(check.closed for check in crosscheck(Scaled(), {"other": (3,), "x": (3,)}, against=STANDARD))


@pytest.mark.parametrize("run", [crosscheck, benchmark])
def test_what_cannot_be_run_by_position_is_counted_and_not_run(run) -> None:
    shapes = {"x": (3,), "mask": (3,)}
    assert profile(Masked(), shapes).totals.adds == 3
    with pytest.raises(ModelError, match="by position"):
        run(Masked(), shapes)
    with pytest.raises(ModelError, match=r"only a torch.nn.Module can be run"):
        run(torch.relu, (3,))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.renorm_(2, 0, 1.0),
        lambda x: x.igamma_(x),
        lambda x: torch.igamma(x, x, out=x),
        lambda x: torch.ops.aten.igamma_.default(x, x),
    ],
)
def test_an_in_place_operator_without_a_formula_is_listed(function) -> None:
    p = profile(function, (4,))
    assert not p.complete
    assert [u.elements for u in p.uncounted] == [4]


def test_writing_into_a_part_of_a_tensor_is_a_row_and_keeps_the_data_flow() -> None:
    def write(x: Tensor) -> Tensor:
        y = torch.zeros(2, 4)
        y[:, :2] = x
        return torch.relu(y)

    graph = capture(write, (meta(2, 2),))
    assert [node.op for node in graph.nodes] == ["setitem", "relu"]
    assert graph.nodes[1].arguments[0].source.node == 0


def test_after_a_caught_exception_rows_stand_under_the_right_module() -> None:
    class Fallback(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Linear(3, 3), nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            try:
                y = self.a(x)
            except RuntimeError:
                y = self.b(x)
            return F.relu(y)

    assert rows(capture(Fallback(), (meta(1, 4),))) == [("b", "linear", 0), ("", "relu", 0)]


def test_a_module_in_a_closure_is_counted_with_its_parameters_and_left_alone() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout())
    before = fingerprint(net)
    p = profile(lambda x: net(x), (3, 8, 8))
    assert_same(before, fingerprint(net))
    assert p.totals.params == sum(parameter.numel() for parameter in net.parameters())
    assert p.training  # as the closure's modules are


def test_a_tensor_in_a_closure_is_left_alone() -> None:
    weight = torch.zeros(3)
    profile(lambda x: x + weight.add_(1), (3,))
    assert torch.equal(weight, torch.zeros(3))


@pytest.mark.parametrize(
    ("function", "values"),
    [
        (lambda x: x.relu().view(-1), 8),
        (lambda x: x.relu().add_(1), 8),
        (lambda x: torch.cat(x.relu().chunk(2, 1), 1), 16),
        (lambda x: x.relu().transpose(0, 1).contiguous(), 16),
        (lambda x: F.dropout(x.relu(), training=False), 8),
    ],
)
def test_activation_bytes_are_those_of_new_tensors(function, values: int) -> None:
    assert profile(function, (4,), batch=2).totals.activation_bytes == 4 * values


@pytest.mark.parametrize("move", [lambda x: x.to("cpu"), lambda x: x.to(torch.device("cpu")), lambda x: x.cpu()])
def test_moving_to_a_device_is_nothing(move) -> None:
    assert [row.op for row in profile(lambda x: torch.relu(move(x)), (4,)).layers] == ["relu"]


@pytest.mark.parametrize(
    "call",
    [
        lambda x: F.conv2d(input=x, weight=torch.empty(2, 3, 3, 3)),
        lambda x: torch.cat([x, x], axis=1),
        lambda x: torch.ops.aten.relu(x),
    ],
)
def test_other_spellings_of_a_call_do_not_fail(call) -> None:
    assert len(profile(call, (3, 8, 8)).layers) == 1


def test_containers_shared_by_modules_are_shared_by_their_copies() -> None:
    class Writer(nn.Module):
        def __init__(self, cache: dict[str, Tensor]) -> None:
            super().__init__()
            self.cache = cache

        def forward(self, x: Tensor) -> Tensor:
            self.cache["x"] = x
            return x

    class Reader(Writer):
        def forward(self, x: Tensor) -> Tensor:
            return x + self.cache["x"]

    cache: dict[str, Tensor] = {}
    assert profile(nn.Sequential(Writer(cache), Reader(cache)), (3,)).totals.adds == 3
    assert cache == {}


@pytest.mark.parametrize(
    "name", ["resnet18", "googlenet", "densenet121", "shufflenet_v2_x0_5", "inception_v3", "squeezenet1_1"]
)
def test_the_shape_rule_of_every_captured_node_gives_the_tensors_torch_made(name: str) -> None:
    with torch.device("meta"):
        module = torchvision.models.get_model(name, weights=None, **({"init_weights": False} if "inc" in name else {}))
    for node in capture(module, (meta(2, 3, 128, 128),)).nodes:
        if node.op in OPERATORS:
            assert OPERATORS[node.op].shape(**named_specs(node.arguments), **node.attributes) == node.outputs, node


def test_a_model_in_half_precision_is_counted_in_half_precision() -> None:
    p = profile(nn.Conv2d(3, 4, 3).half(), (3, 8, 8))
    assert (p.inputs[0].dtype, p.totals.param_bytes) == ("float16", 2 * p.totals.params)


def test_a_partial_of_a_module_is_the_module() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    assert profile(functools.partial(net), (3, 8, 8)).totals == profile(net, (3, 8, 8)).totals


def test_peers_and_clocks_refuse_a_graph_of_the_training_pass() -> None:
    from netstat.api.subjects import crosscheck_subject
    from netstat.frontends.inputs import inputs_of
    from netstat.frontends.resolve import resolve

    subject = resolve(nn.BatchNorm2d(3), inputs_of((3, 4, 4), 2), training=True)
    with pytest.raises(ModelError, match="evaluation pass"):
        crosscheck_subject(subject)


def test_a_graph_knows_every_module_and_that_meta_tensors_were_followed() -> None:
    graph = capture(nn.Sequential(Residual(), nn.ReLU()), (meta(1, 4, 8, 8),))
    classes = {"": "Sequential", "0": "Residual", "0.conv": "Conv2d", "0.norm": "BatchNorm2d", "1": "ReLU"}
    assert graph.classes == classes
    assert graph.device == "meta"
    assert capture(F.relu, (meta(2),)).modules == ()
