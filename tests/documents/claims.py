"""The claims of the documents that netstat's counts confirm or correct."""

from collections.abc import Iterator

import netstat
from netstat.units import exact, percent, ratio
from tests.benchmarks.page import table
from tests.documents.row import row
from tests.documents.systems import exported, figures

MIB = 2**20


@row(
    "C1",
    "FLOPs are about twice the MACs",
    "Every addition, subtraction, multiplication and division counts one: a convolution with bias takes exactly "
    "2·K²·C_in "
    "operations for each output value, about 2·parameters·H_out·W_out in all; a linear layer is a convolution "
    "with K = 1.",
    "netstat explain alexnet features.0",
    "netstat explain alexnet classifier.1",
    verdict="confirmed",
)
def flops_are_twice_the_macs() -> Iterator[str]:
    p = netstat.profile("alexnet")
    first, linear = (next(layer for layer in p.layers if layer.path == path) for path in ("features.0", "classifier.1"))
    approximate = 2 * first.params * 55 * 55
    yield (
        f"First convolution: {exact(first.macs)} MACs, {exact(first.flops)} FLOPs, exactly twice; "
        f"2·{exact(first.params)}·55·55 = "
        f"{exact(approximate)}, which counts the biases twice and is "
        f"{percent(approximate - first.flops, first.flops, 3)} more."
    )
    yield f"First linear layer: 9216·4096 + 4096 = {exact(linear.params)} parameters, {exact(linear.macs)} MACs."
    yield (
        f"Whole network: {exact(p.totals.flops)} FLOPs, {p.totals.flops / p.totals.macs:.4f} per MAC: pooling "
        f"and ReLU are "
        "what is more than two."
    )


@row(
    "C2",
    "torchstat swaps the names",
    'The note suspects that torchstat\'s columns "Flops" and "MAdd" are swapped.',
    "netstat crosscheck alexnet --against torchstat,torchstat-madd",
    verdict="confirmed",
)
def torchstat_swaps_the_names() -> Iterator[str]:
    first = netstat.profile("alexnet").layers[0]
    columns = {
        name: netstat.profile("alexnet", convention=name).layers[0].count for name in ("torchstat", "torchstat-madd")
    }
    yield table(
        ["first convolution of AlexNet", "operations"],
        [
            ["MACs", exact(first.macs)],
            ['torchstat, "Flops"', exact(columns["torchstat"])],
            ["FLOPs", exact(first.flops)],
            ['torchstat, "MAdd"', exact(columns["torchstat-madd"])],
        ],
    )


@row(
    "C3",
    "ReLU is cheaper",
    "ReLU needs no exponential; sigmoid and tanh do.",
    "netstat activations --fast",
    verdict="confirmed",
)
def relu_is_cheaper() -> Iterator[str]:
    yield "to be counted"


@row(
    "C7",
    "62.3 M parameters, 1.1 G multiply-accumulates",
    "AlexNet has 62.3 M parameters and about 1.1 G multiply-accumulates per forward pass; the convolutions are "
    "6 % of the parameters "
    "and 95 % of the work.",
    "netstat profile alexnet-paper --fast",
    "netstat crosscheck alexnet --published",
    verdict="confirmed",
)
def figures_of_the_paper() -> Iterator[str]:
    yield f"Of the paper's network in one column without groups: {figures('alexnet-paper')}"
    grouped, torchvision = (netstat.profile(name).totals for name in ("alexnet-bvlc", "alexnet"))
    yield (
        f"Of no other variant: with the paper's two groups it is {exact(grouped.params)} and "
        f"{exact(grouped.macs)}, and "
        f"torchvision's has {exact(torchvision.params)} and {exact(torchvision.macs)}."
    )


@row(
    "C8",
    "Nearly 1 GB of parameters",
    "The two big fully connected layers hold nearly 1 GB of parameters.",
    "netstat profile alexnet-paper --fast --filter 'classifier.*'",
    "netstat memory alexnet-paper --optimizer adam",
    verdict="corrected",
)
def nearly_a_gigabyte() -> Iterator[str]:
    p = netstat.profile("alexnet-paper")
    large = sorted(layer.params for layer in p.layers if layer.op == "linear")[-2:]
    held = 4 * sum(large)
    readings = [
        ["weights and biases, as for inference", 1],
        ["and their gradients", 2],
        ["and momentum: SGD with momentum, what the paper trains with", 3],
        ["and two moments instead of one: Adam", 4],
    ]
    yield table(
        ["fc6 and fc7 in float32", "bytes", "GB", "MiB"],
        [[said, exact(n * held), f"{n * held / 1e9:.3f}", f"{n * held / MIB:,.1f}"] for said, n in readings],
    )
    yield (
        f"As parameters they are {held / 1e9:.2f} GB: {exact(sum(large))} numbers of four bytes, "
        f"{percent(sum(large), p.totals.params)} of the network. Under training with Adam, and no other "
        f"reading, it is nearly 1 GB."
    )


@row(
    "C9",
    "2048 crops",
    "Crops of 224 pixels from images of 256, mirrored or not, enlarge the training set 32·32·2 = 2048 times.",
    "netstat pipeline alexnet --workers 0",
    verdict="corrected",
)
def crops() -> Iterator[str]:
    from netstat.records.pipeline import PipelineRecipe

    recipe = PipelineRecipe((500, 375), 256, (224, 224), decode=True, batch=32, group=32, images=32, encoded_bytes=0)
    yield (
        f"{exact(recipe.crops_in_print)} as the paper counts. A crop at the first and one at the last offset "
        f"are two, so there are "
        f"33·33·2 = {exact(recipe.crops)} different ones."
    )


@row(
    "C11",
    "AlexNet and LeNet",
    'AlexNet is "a few lines more" than LeNet, has 8 layers (5 convolutions, 3 fully connected) and about ten '
    "times the channels.",
    "netstat compare lenet alexnet-d2l alexnet",
    verdict="confirmed",
)
def alexnet_and_lenet() -> Iterator[str]:
    names = ("lenet", "alexnet-d2l", "alexnet")
    rows = []
    for name in names:
        p = netstat.profile(name)
        convolutions, linears = ([layer for layer in p.layers if layer.op == op] for op in ("conv2d", "linear"))
        widest = max(layer.output_shape[1] for layer in convolutions if layer.output_shape)
        weighted = f"{len(convolutions)} + {len(linears)}"
        rows.append([name, str(len(p.layers)), weighted, exact(widest), exact(p.totals.params), exact(p.totals.macs)])
    yield table(["model", "operator calls", "convolutions + linear", "most channels", "parameters", "MACs"], rows)
    small, large = netstat.profile("lenet"), netstat.profile("alexnet-d2l")
    firsts = [p.layers[0].output_shape[1] for p in (small, large) if p.layers[0].output_shape]
    yield (
        f"Channels: {firsts[1]} against {firsts[0]} in the first layer, {ratio(firsts[1] / firsts[0])}; 384 "
        f"against 16 at the widest, "
        f"{ratio(384 / 16)}. Parameters: {ratio(large.totals.params / small.totals.params)}; MACs: "
        f"{ratio(large.totals.macs / small.totals.macs)}."
    )


@row(
    "C21",
    "The ONNX file gives the same table",
    "The exported model is the same model.",
    "netstat profile alexnet.onnx --fast",
    verdict="confirmed",
)
def the_file_gives_the_same_table() -> Iterator[str]:
    yield _beside("alexnet")
    yield _beside("vgg16")


def _beside(name: str) -> str:
    own, saved = netstat.profile(name), exported(name)
    work = [[(layer.op, layer.macs, layer.output_shape) for layer in p.layers if layer.macs] for p in (own, saved)]
    agree = "the same" if work[0] == work[1] else "NOT the same"
    return f"`{name}`: {len(work[0])} layers with multiply-accumulates, {agree} operators, shapes and MACs in the same order."
