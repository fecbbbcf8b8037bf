"""Pruned models counted as if pruning were permanent, against every product counted one by one."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import prune

import netstat
from netstat.analysis.pruning import reached
from netstat.errors import ModelError, UsageError
from netstat.records.profile import Layer

pytestmark = pytest.mark.torch

Index = tuple[int, ...]
LAYERS: dict[str, tuple[Callable[[], Any], Index]] = {
    "linear": (lambda: nn.Linear(6, 5), (3, 6)),
    "linear without bias": (lambda: nn.Linear(6, 5, bias=False), (6,)),
    "conv1d": (lambda: nn.Conv1d(4, 6, 3, stride=2, padding=1), (4, 8)),
    "conv2d": (lambda: nn.Conv2d(3, 4, 3, padding=1), (3, 5, 4)),
    "conv2d in groups": (lambda: nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=1, groups=2, bias=False), (4, 5, 5)),
    "conv2d dilated": (lambda: nn.Conv2d(2, 3, 2, dilation=2), (2, 5, 5)),
    "conv2d depthwise": (lambda: nn.Conv2d(4, 4, 3, groups=4), (4, 4, 4)),
    "conv3d": (lambda: nn.Conv3d(2, 3, 2), (2, 3, 3, 3)),
    "conv_transpose1d": (lambda: nn.ConvTranspose1d(3, 2, 4, stride=2, padding=1), (3, 4)),
    "conv_transpose2d": (lambda: nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=1), (3, 3, 4)),
    "conv_transpose2d in groups": (
        lambda: nn.ConvTranspose2d(4, 6, (3, 2), stride=(1, 3), groups=2, dilation=(2, 1), bias=False),
        (4, 3, 3),
    ),
    "conv_transpose3d": (lambda: nn.ConvTranspose3d(1, 2, 2), (1, 2, 3, 2)),
}


def random_mask(name: str, share: float) -> Callable[[Any], None]:
    return lambda layer: prune.random_unstructured(layer, name, share)


def without_first_channel(layer: Any) -> None:
    prune.random_unstructured(layer, "weight", 0.5)
    mask = torch.ones_like(layer.weight)
    mask[(slice(None), 0) if getattr(layer, "transposed", False) else 0] = 0
    prune.custom_from_mask(layer, "weight", mask)


def with_masked_bias(layer: Any) -> None:
    prune.random_unstructured(layer, "weight", 0.4)
    if layer.bias is not None:
        prune.random_unstructured(layer, "bias", 0.5)


MASKS: dict[str, Callable[[Any], Any]] = {
    "few": random_mask("weight", 0.1),
    "most": random_mask("weight", 0.9),
    "all but one": lambda layer: prune.random_unstructured(layer, "weight", layer.weight.numel() - 1),
    "nothing": partial(prune.identity, name="weight"),
    "everything": random_mask("weight", 1.0),
    "a channel": without_first_channel,
    "rows of least norm": lambda layer: prune.ln_structured(layer, "weight", 0.4, n=2, dim=0),
    "columns of least norm": lambda layer: prune.ln_structured(layer, "weight", 1, n=2, dim=1),
    "bias too": with_masked_bias,
}


def seeded(make: Callable[[], Any], mask: Callable[[Any], Any]) -> Any:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layer = make()
        mask(layer)
    return layer


def positions(shape: Index) -> Iterator[Index]:
    return product(*map(range, shape))


def products(layer: Any, x: Tensor) -> Iterator[tuple[Index, Index]]:
    """Every product of the layer on one image: the output value it goes into, no border cut yet, and its weight."""
    if isinstance(layer, nn.Linear):
        for *row, out, i in positions((*x.shape[:-1], *layer.weight.shape)):
            yield (*row, out), (out, i)
        return
    first, second, *kernel = layer.weight.shape
    if layer.transposed:
        for c, o, *rest in positions((first, second, *kernel, *x.shape[1:])):
            k, p = rest[: len(kernel)], rest[len(kernel) :]
            goal = [s * at + d * j for s, at, d, j in zip(layer.stride, p, layer.dilation, k, strict=True)]
            yield (c // (first // layer.groups) * second + o, *goal), (c, o, *k)
        return
    with torch.no_grad():
        outs = tuple(layer(x).shape[1:])
    for o, *rest in positions((first, *outs, second, *kernel)):
        yield (o, *rest[: len(outs)]), (o, *rest[len(outs) :])


def counted(layer: Any, x: Tensor) -> tuple[int, int]:
    """Multiplications and additions, one after the other, of the weights and biases that are kept."""
    mask = layer.weight_mask.bool().tolist() if hasattr(layer, "weight_mask") else None
    terms: Counter[Index] = Counter(goal for goal, at in products(layer, x) if mask is None or taken(mask, at))
    adds = sum(many - 1 for many in terms.values())
    if layer.bias is not None:
        with torch.no_grad():
            shape = layer(x).shape
        channels = shape[-1:] if isinstance(layer, nn.Linear) else shape[:1]
        kept = layer.bias_mask.sum() if hasattr(layer, "bias_mask") else channels[0]
        adds += int(kept) * (shape.numel() // channels[0])
    return terms.total(), adds


def taken(mask: Any, at: Index) -> bool:
    for i in at:
        mask = mask[i]
    return bool(mask)


def contraction_of(layers: tuple[Layer, ...]) -> Layer:
    return next(row for row in layers if row.op.startswith(("conv", "linear")))


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("name", LAYERS)
def test_what_masks_keep_is_counted_product_by_product(name: str, mask: str) -> None:
    make, shape = LAYERS[name]
    layer, x = seeded(make, MASKS[mask]), torch.rand(shape)
    p = netstat.profile(layer, args=(x,), sparse=True)
    row = contraction_of(p.layers)
    multiplies, adds = counted(layer, x)
    assert (row.macs, row.multiplies, row.adds) == (multiplies, multiplies, adds)
    assert (p.totals.macs, p.totals.flops) == (multiplies, multiplies + adds)  # nothing for the masks
    kept = sum(int(mask.sum()) for mask in layer.buffers())
    rest = 0 if layer.bias is None or hasattr(layer, "bias_mask") else layer.bias.numel()
    assert p.totals.params == p.totals.trainable_params == sum(row.params for row in p.layers) == kept + rest
    assert p.complete


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm, self.head = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.head(self.norm(self.conv(x)).mean((2, 3)))
        return scores


def pruned_net() -> nn.Module:
    """Half of all weights of the net pruned, wherever they are smallest."""
    model = Net()
    prune.global_unstructured(
        [(model.conv, "weight"), (model.head, "weight")], pruning_method=prune.L1Unstructured, amount=0.5
    )
    return model


def pruned_net_and_image() -> tuple[nn.Module, Tensor]:
    """As a factory of users has it."""
    return seeded(pruned_net, lambda model: None), torch.rand(1, 3, 8, 8)


def test_global_pruning_counts_the_kept_weights_of_every_layer() -> None:
    model, _ = pruned_net_and_image()
    p = netstat.profile(model, (3, 8, 8), sparse=True)
    kept = {name: int(mask.sum()) for name, mask in model.named_buffers() if name.endswith("_mask")}
    assert sum(kept.values()) == (4 * 3 * 9 + 8) // 2
    assert p.totals.params == sum(kept.values()) + 4 + 2 + 8
    assert p.totals.macs == kept["conv.weight_mask"] * 36 + kept["head.weight_mask"]
    assert sum(group.params for group in p.groups) == p.totals.params


def test_pruning_counts_as_much_as_the_same_model_with_pruning_made_permanent_in_rows_without_masks() -> None:
    model = pruned_net_and_image()[0]
    permanent = pruned_net_and_image()[0]
    for layer in (permanent.conv, permanent.head):
        prune.remove(layer, "weight")
    ours, other = netstat.profile(model, (3, 8, 8), sparse=True), netstat.profile(permanent, (3, 8, 8))
    untouched = [(row.op, row.flops) for row in other.layers if row.op not in ("conv2d", "linear")]
    assert [(row.op, row.flops) for row in ours.layers if row.op not in ("conv2d", "linear", "mul")] == untouched


def test_without_sparse_everything_that_is_executed_is_counted() -> None:
    model, _ = pruned_net_and_image()
    p = netstat.profile(model, (3, 8, 8))
    assert not p.sparse
    assert p.totals.params == sum(parameter.numel() for parameter in model.parameters())
    assert p.totals.macs == 4 * 3 * 9 * 36 + 8
    assert [row.multiplies for row in p.layers if row.op == "mul"] == [4 * 3 * 9, 8]
    assert "pruning" not in str(p)


def test_bytes_and_buffers_stay_those_of_dense_tensors() -> None:
    model, _ = pruned_net_and_image()
    sparse, dense = (netstat.profile(model, (3, 8, 8), sparse=sparse).totals for sparse in (True, False))
    for name in ("bytes_read", "bytes_written", "param_bytes", "buffer_bytes", "activation_bytes", "buffers"):
        assert getattr(sparse, name) == getattr(dense, name), name


def test_twice_the_batch_is_twice_the_arithmetic_of_contractions_and_the_same_parameters() -> None:
    model, _ = pruned_net_and_image()
    one, two = (netstat.profile(model, (3, 8, 8), batch=batch, sparse=True) for batch in (1, 2))
    assert two.totals.macs == 2 * one.totals.macs
    assert contraction_of(two.layers).adds == 2 * contraction_of(one.layers).adds
    assert two.totals.params == one.totals.params


def test_the_backward_pass_takes_the_kept_share_of_its_multiply_accumulates() -> None:
    model, _ = pruned_net_and_image()
    p = netstat.profile(model, (3, 8, 8), sparse=True, backward=True)
    kept = {name: int(mask.sum()) for name, mask in model.named_buffers() if name.endswith("_mask")}
    assert p.totals.backward_macs == 36 * kept["conv.weight_mask"] + 2 * kept["head.weight_mask"]


def test_containers_and_folded_rows_have_the_kept_parameters() -> None:
    model = nn.Sequential(nn.Sequential(nn.Linear(4, 4), nn.ReLU()), nn.Linear(4, 2))
    prune.l1_unstructured(model[0][0], "weight", 10)
    p = netstat.profile(model, (4,), sparse=True, depth=1)
    assert [row.params for row in p.layers] == [6 + 4, 8 + 2]
    tree = netstat.profile(model, (4,), sparse=True)
    assert {module.path: module.params for module in tree.modules} == {"0": 10, "0.0": 10}


def test_the_model_is_untouched_and_still_pruned() -> None:
    model, x = pruned_net_and_image()
    before = {name: (id(tensor), tensor.clone()) for name, tensor in model.state_dict(keep_vars=True).items()}
    hooks = [list(module._forward_pre_hooks) for module in model.modules()]
    netstat.profile(model, args=(x,), sparse=True)
    after = model.state_dict(keep_vars=True)
    assert list(before) == list(after)
    assert all(id(after[name]) == known and after[name].equal(values) for name, (known, values) in before.items())
    assert hooks == [list(module._forward_pre_hooks) for module in model.modules()]
    assert prune.is_pruned(model)
    assert model.training


def test_a_model_without_masks_counts_the_same_either_way() -> None:
    sparse, dense = netstat.profile("lenet", sparse=True), netstat.profile("lenet")
    assert (sparse.totals, sparse.layers) == (dense.totals, dense.layers)
    assert sparse.sparse


def test_a_buffer_that_is_merely_called_a_mask_prunes_nothing() -> None:
    class Masked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight_orig = nn.Parameter(torch.ones(4))
            self.register_buffer("weight_mask", torch.zeros(4))

        def forward(self, x: Tensor) -> Tensor:
            return x * (self.weight_orig + self.weight_mask)

    assert netstat.profile(Masked(), (4,), sparse=True).totals.params == 4


def test_what_reads_a_masked_weight_otherwise_is_counted_as_dense() -> None:
    class Product(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(4, 4))

        def forward(self, x: Tensor) -> Tensor:
            return x @ self.weight

    model = Product()
    prune.random_unstructured(model, "weight", 0.5)
    totals = netstat.profile(model, (4,), sparse=True).totals
    assert (totals.params, totals.macs) == (8, 16)


def test_masks_without_values_are_refused() -> None:
    model = pruned_net_and_image()[0].to("meta")
    with pytest.raises(ModelError, match=r"pruning mask 'conv\.weight_mask' is on the meta device"):
        netstat.profile(model, (3, 8, 8), sparse=True)


def test_a_peers_way_of_counting_knows_no_masks() -> None:
    with pytest.raises(UsageError, match="thop counts what is executed"):
        netstat.profile(pruned_net_and_image()[0], (3, 8, 8), sparse=True, convention="thop")


def test_bound_methods_and_partials_of_pruned_models_are_counted_alike() -> None:
    model, x = pruned_net_and_image()
    wanted = netstat.profile(model, args=(x,), sparse=True).totals
    for call in (model.forward, partial(model), partial(model.forward)):
        assert netstat.profile(call, args=(x,), sparse=True).totals == wanted


def test_a_profile_says_that_pruning_was_counted_as_permanent() -> None:
    text = str(netstat.profile(pruned_net_and_image()[0], (3, 8, 8), sparse=True))
    assert "pruning" in text
    assert "counted as if permanent" in text


@pytest.mark.parametrize(
    ("places", "sizes", "stride", "dilation"),
    [
        (((0, 0), (2, 1), (1, 2)), (3, 2), (2, 1), (1, 3)),
        (((0,), (3,), (5,)), (4,), (2,), (3,)),
        ((), (3, 3), (1, 1), (1, 1)),
        (((0, 1, 0), (1, 0, 1), (1, 1, 1)), (2, 3, 2), (1, 2, 3), (2, 1, 3)),
    ],
)
def test_positions_reached_are_those_that_enumeration_finds(
    places: tuple[Index, ...], sizes: Index, stride: Index, dilation: Index
) -> None:
    found = {
        tuple(s * at + d * j for s, at, d, j in zip(stride, p, dilation, k, strict=True))
        for k in places
        for p in positions(sizes)
    }
    assert reached(places, sizes, stride, dilation) == len(found)
