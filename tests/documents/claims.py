"""The claims of the documents that netstat's counts confirm or correct."""

from collections.abc import Iterator

import netstat
from netstat.errors import ShapeError
from netstat.units import between, duration, exact, percent, ratio, shape
from tests.benchmarks.page import table
from tests.documents.measured import kept
from tests.documents.row import row
from tests.documents.systems import EXPORT, PARTS, exported, figures

GB = 10**9
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
    named = {each.name: each for each in netstat.activations(measure=False).activations}
    rows = [
        [name, *(exact(getattr(named[name], part) // named[name].elements) for part in PARTS)]
        for name in ("relu", "sigmoid", "tanh")
    ]
    yield table(["an element takes", "comparisons", "additions", "divisions", "special functions"], rows)
    (times,) = (each for each in kept("activations").benchmarks if each.threads == 1)
    seconds = {layer.path: layer.median_seconds for layer in times.layers}
    relu = seconds["relu"]
    rows = [[name, duration(seconds[name]), ratio(seconds[name] / relu)] for name in ("relu", "sigmoid", "tanh")]
    yield table(
        [f"{exact(named['relu'].elements)} elements, one thread, {times.device_name}", "median", "× ReLU"], rows
    )


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
    EXPORT,
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
    return f"`{name}`: {len(work[0])} layers with multiply-accumulates, {agree} operators, shapes and MACs in order."


@row(
    "C4",
    "Sigmoid and tanh saturate",
    "The gradient of sigmoid and tanh is near zero for large |x|; that of ReLU is not.",
    "netstat activations --fast",
    verdict="confirmed",
)
def saturation() -> Iterator[str]:
    named = {each.name: each for each in netstat.activations(measure=False).activations}
    rows = [[name, between(named[name].alive or (0, 0))] for name in ("relu", "sigmoid", "tanh")]
    yield table(["function", "x from -10 to 10 where the gradient is 1 % or more"], rows)
    yield "Beyond 10 ReLU's stays 1; the other two go on towards zero. For negative x ReLU's is zero: see C6."


@row(
    "C5",
    "Six times faster to 25 %",
    "A network of four convolutions reaches 25 % training error on CIFAR-10 about six times faster with ReLU "
    "than with tanh.",
    "netstat activations --fast",
    verdict="cited",
)
def six_times_faster() -> Iterator[str]:
    yield (
        "Krizhevsky, Sutskever, Hinton 2012, section 3.1 and figure 1: it is about the number of epochs of a "
        "training run, "
        "which netstat does not repeat. What can be counted is the cost of a pass:"
    )
    p = netstat.profile("alexnet")
    relu = sum(layer.flops or 0 for layer in p.layers if layer.op == "relu")
    yield (
        f"All ReLUs of AlexNet are {exact(relu)} operations, {percent(relu, p.totals.flops, 3)} of the forward "
        f"pass; tanh "
        "in their place is as many special functions."
    )


@row(
    "C6",
    "Dead units",
    "A too high learning rate can leave 40 % of ReLU units dead.",
    "netstat activations --fast",
    verdict="cited",
)
def dead_units() -> Iterator[str]:
    relu = next(each for each in netstat.activations(measure=False).activations if each.name == "relu")
    assert relu.alive is not None
    yield (
        "The course notes of Stanford's CS231n, on commonly used activation functions: it is about a training "
        "run. What can be "
        f"counted: ReLU's gradient is zero for every x below 0 (it is 1 % or more from {relu.alive[0]:g} on), "
        f"so that a unit "
        "whose input is negative for all examples gets no gradient and stays as it is."
    )


@row(
    "C10",
    "Ten crops cost ten forward passes",
    "Testing by four corners and the centre, each mirrored, costs ten forward passes an image.",
    "netstat views alexnet",
    verdict="confirmed",
)
def ten_crops() -> Iterator[str]:
    yield _views("alexnet", "one crop", "mirrored", "ten crops")


def _views(model: str, *names: str) -> str:
    crops = {each.name: each for each in netstat.views(model).crops}
    one = crops["one crop"].macs
    rows = [[name, exact(crops[name].passes), exact(crops[name].macs), ratio(crops[name].macs / one)] for name in names]
    return table([f"{model}, one image", "forward passes", "MACs", "× one crop"], rows)


@row(
    "C15",
    "Overlapping pooling lowers the error",
    "Overlapping windows lower the top-1 and top-5 error by 0.4 and 0.3 points.",
    "netstat profile alexnet --fast --overlapping",
    verdict="cited",
)
def overlapping_lowers_the_error() -> Iterator[str]:
    p = netstat.profile("alexnet", overlapping=True)
    own, twins = (sum(getattr(each, name) for each in p.overlapping or ()) for name in ("flops", "twin_flops"))
    yield (
        "Krizhevsky, Sutskever, Hinton 2012, section 3.4: two training runs. What it costs: "
        f"{exact(own)} operations against {exact(twins)} in all three layers, {exact(own - twins)} more, "
        f"{percent(own - twins, p.totals.flops, 3)} of the forward pass; no parameters."
    )


@row(
    "C16",
    "Batch 128 in 3 GB",
    "Training at batch 128 fits on a card of 3 GB, or on two of them.",
    "netstat memory alexnet-paper -b 128 --fit 3GB",
    "netstat partition alexnet-paper --ways 2 --paper -b 128 --fit 3GB",
    verdict="confirmed",
)
def three_gigabytes() -> Iterator[str]:
    dense = netstat.memory("alexnet-paper", batch=128).training_peak_bytes
    split = netstat.partition("alexnet-paper", ways=2, batch=128, paper=True)
    peaks = [dense, split.single.training_peak_bytes, max(card.training_peak_bytes or 0 for card in split.cards)]
    named = ("one card, no groups", "one card, the paper's groups", "each of two cards, the paper's split")
    rows = [
        [name, exact(peak), percent(peak, 3 * GB)] for name, peak in zip(named, peaks, strict=True) if peak is not None
    ]
    yield table(["training peak, batch 128, float32, SGD with momentum", "bytes", "of 3 GB"], rows)
    yield (
        "As torch computes it today, and without the workspace of kernels. On one card little is left of 3 GB "
        "for that; on two "
        "more than half."
    )


@row(
    "C17",
    "27C² against 49C²",
    "Three 3×3 convolutions of C channels have 27C² weights and see 7×7, one 7×7 convolution has 49C².",
    "netstat compare --stack 'conv3x3-256 x3' --stack conv7x7-256",
    verdict="confirmed",
)
def weights_of_small_kernels() -> Iterator[str]:
    small, large = netstat.compare("stack: conv3x3-256 x3", "stack: conv7x7-256").models
    yield (
        f"C = 256, without biases: {exact(small.totals.params)} = 27·256² against {exact(large.totals.params)} "
        f"= 49·256², "
        f"{ratio(large.totals.params / small.totals.params)}; both see {shape(small.receptive_field or ())} and "
        f"{shape(large.receptive_field or ())}; {small.nonlinearities} non-linearities against {large.nonlinearities}."
    )


@row(
    "C18",
    "Any input of 32 pixels or more",
    "The fully convolutional network takes any input of at least 32 pixels.",
    "netstat views vgg16",
    "netstat profile vgg16 --fast --fully-convolutional -i 3x224x224",
    "netstat profile vgg16 --fast -i 3x32x32",
    verdict="corrected",
)
def smallest_input() -> Iterator[str]:
    low = netstat.profile("vgg16", (3, 32, 32))
    yield (
        "At 32 pixels the five poolings leave one position, and a kernel of 7×7 has nothing to slide over: the "
        "converted network "
        f"needs {least_side()} pixels, and 32 more for each further score. What runs from 32 pixels on is "
        f"torchvision's network with its "
        f"linear layers, because its adaptive pooling makes 7×7 of any map: {exact(low.totals.macs)} MACs at 32×32."
    )


def least_side() -> int:
    """The smallest square image that the fully convolutional VGG-16 takes."""

    def runs(side: int) -> bool:
        try:
            return netstat.profile("vgg16", (3, side, side), fully_convolutional=True).complete
        except ShapeError:
            return False

    return next(side for side in range(1, 512) if runs(side))


@row(
    "C19",
    "Views at test time multiply the cost",
    "Flips (horizontal, vertical, diagonal) and rotations whose scores are fused cost as many forward passes as "
    "there are views.",
    "netstat views vgg16",
    verdict="confirmed",
)
def views() -> Iterator[str]:
    yield _views("vgg16", "one crop", "mirrored", "flipped along both axes", "turned by 0°, 90°, 180°, 270°")


@row(
    "C20",
    "What hooks modules alone misses operators",
    "A profiler that only hooks modules misses functional ReLU and reshape inside `forward`.",
    "netstat crosscheck vgg16-functional --against torchstat,thop",
    verdict="confirmed",
)
def hooks_miss_functions() -> Iterator[str]:
    p = netstat.profile("vgg16-functional")
    functions = [layer for layer in p.layers if not layer.path]
    yield (
        f"Of {len(p.layers)} operator calls {len(functions)} belong to no module below the model: "
        f"{exact(sum(layer.flops or 0 for layer in functions))} FLOPs that hooks on leaf modules do not see."
    )
    rows = [[name, exact(relu_of_torchstat(name))] for name in ("vgg16", "vgg16-functional")]
    yield table(["model", "what torchstat counts for ReLU"], rows)


def relu_of_torchstat(model: str) -> int:
    """What torchstat has for ReLU in a model, by the bill of the cross-check."""
    (check,) = netstat.crosscheck(model, against=["torchstat"])
    return sum(term.amount for term in check.terms if term.reason.startswith("relu"))


@row(
    "C22",
    "TensorFlow's output sizes",
    "SAME: ⌈H/S⌉; VALID: ⌈(H − (K−1)·dilation)/S⌉.",
    "netstat explain alexnet-bvlc features.0",
    verdict="confirmed",
)
def output_sizes_of_tensorflow() -> Iterator[str]:
    from netstat.graph import TensorSpec
    from netstat.ops import OPERATORS

    def side(padding: str, size: int, kernel: int, stride: int) -> int:
        (made,) = OPERATORS["max_pool2d"].shape(TensorSpec((1, 1, size, size)), kernel, stride=stride, padding=padding)
        return int(made.shape[-1])

    cases = [(224, 11, 4), (227, 11, 4), (55, 3, 2), (27, 5, 1)]
    rows = [[*map(exact, case), *(exact(side(padding, *case)) for padding in ("SAME", "VALID"))] for case in cases]
    yield table(["H", "K", "S", "SAME", "VALID"], rows)
    yield "Both are padding modes of convolutions and pools, and agree with explicit padding where both apply."
