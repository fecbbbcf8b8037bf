"""The systems of the documents, S1 … S17, as far as they are counted."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import netstat
from netstat.records.profile import Profile
from netstat.units import exact, percent, shape
from tests.benchmarks.page import table
from tests.documents.row import row

EXPORT = (
    "python -c 'import torch, torchvision; torch.onnx.export(torchvision.models.alexnet().eval(), "
    "(torch.zeros(1, 3, 224, 224),), "
    '"alexnet.onnx")\''
)
PARTS = ("compares", "adds", "divides", "specials")
STACKS = (
    *("conv3x3-256 x2", "conv5x5-256", "conv3x3-256 x3", "conv7x7-256"),
    *("conv1x7-256, conv7x1-256", "dwconv3x3, conv1x1-256", "conv3x3-256"),
)


def shapes(p: Profile, *ops: str) -> str:
    """Output shapes without the batch, in order, of these operators' rows."""
    return ", ".join(shape(layer.output_shape[1:]) for layer in p.layers if layer.output_shape and layer.op in ops)


def figures(name: str) -> str:
    """Parameters, MACs and the share of the convolutions in both."""
    p = netstat.profile(name)
    convolution = next(group for group in p.groups if group.name == "convolution")
    return (
        f"{exact(p.totals.params)} parameters, {exact(p.totals.macs)} MACs; the convolutions hold "
        f"{percent(convolution.params, p.totals.params)} of the parameters and do "
        f"{percent(convolution.macs, p.totals.macs)} of "
        "the MACs."
    )


@row(
    "S1",
    "The torchstat table",
    "`stat(alexnet, (3, 224, 224))` prints input shape, output shape, parameters, memory, MAdd, FLOPs, bytes, "
    "duration and "
    "share of every layer, and totals below.",
    "netstat profile alexnet",
    "python -c 'import netstat, torchvision; netstat.stat(torchvision.models.alexnet(), (3, 224, 224))'",
)
def torchstat_table() -> Iterator[str]:
    p = netstat.profile("alexnet")
    yield figures("alexnet")
    yield f"Output shapes: {shapes(p, 'conv2d', 'max_pool2d', 'flatten', 'linear')}."
    first = p.layers[0]
    yield (
        f"First layer: {exact(first.params)} parameters, {exact(first.macs)} MACs, {exact(first.flops)} FLOPs, "
        f"{exact(first.bytes_read)} bytes read, {exact(first.bytes_written)} written."
    )


@row(
    "S2",
    "Activations",
    "Sigmoid, tanh and ReLU drawn on one chart, x from -10 to 10.",
    "netstat activations --charts charts",
)
def activations() -> Iterator[str]:
    found = netstat.activations(measure=False)
    named = {each.name: each for each in found.activations}
    heads = ["function", "comparisons", "additions", "divisions", "special functions"]
    rows = [
        [name, *(exact(getattr(named[name], part) // named[name].elements) for part in PARTS)]
        for name in ("relu", "sigmoid", "tanh")
    ]
    yield table([*heads[:1], *(f"{head} per element" for head in heads[1:])], rows)
    yield (
        f"{len(named)} functions in all, with their gradients, from {min(found.x):g} to {max(found.x):g}. One "
        f"chart has "
        "these three, another every one of them, a third the measured time per element."
    )


@row(
    "S3",
    "Local response normalisation",
    "b = a / (k + α·Σa²)^β over neighbouring channels, with the settings of the paper, of TensorFlow and of "
    "PyTorch, which "
    "divides α by the number of channels.",
    "netstat profile alexnet-paper --fast --filter local_response_norm --columns "
    "path,output_shape,multiplies,adds,divides,specials",
)
def local_response_normalisation() -> Iterator[str]:
    from netstat.ops.normalization import LocalResponseParameters

    layers = [layer for layer in netstat.profile("alexnet-paper").layers if layer.op == "local_response_norm"]
    heads = ["layer", "output", "parameters", "multiplications", "additions", "divisions", "powers"]
    yield table(
        heads,
        [
            [
                layer.path,
                shape(layer.output_shape or ()),
                *map(exact, (layer.params, layer.multiplies, layer.adds, layer.divides, layer.specials)),
            ]
            for layer in layers
        ],
    )
    paper = LocalResponseParameters.from_paper(n=5, alpha=1e-4, beta=0.75, k=2)
    port = LocalResponseParameters.from_tensorflow(depth_radius=2, bias=1.0, alpha=2e-5, beta=0.75)
    yield (
        "Windows at the edge of the channels are counted as they are: shorter. The three ways to write the "
        "settings convert into "
        f"each other; as PyTorch takes them, the paper's are `{_settings(paper)}` and the port's `{_settings(port)}`."
    )


@row(
    "S4",
    "Overlapping pooling",
    "A window of 3 and a stride of 2, so that windows overlap, against 2×2 windows of stride 2.",
    "netstat profile alexnet --fast --overlapping",
)
def overlapping_pooling() -> Iterator[str]:
    heads = ["layer", "window", "stride", "output", "operations", "twin", "its output", "its operations"]
    yield table(
        heads,
        [
            [
                *(each.path, *map(shape, (each.window, each.stride, each.output_shape)), exact(each.flops)),
                *(*map(shape, (each.stride, each.twin_output_shape)), exact(each.twin_flops)),
            ]
            for each in netstat.profile("alexnet", overlapping=True).overlapping or ()
        ],
    )


@row(
    "S5",
    "Two GPUs",
    "The paper splits kernels over two GTX 580 of 3 GB: the second, fourth and fifth convolution see their own "
    "GPU's maps "
    "alone, the third and the fully connected layers see all. The cards exchange data only there.",
    "netstat partition alexnet-paper --ways 2 --paper -b 128 --fit 3GB",
    "netstat partition alexnet-paper --ways 2 --paper --run",
)
def two_cards() -> Iterator[str]:
    found = netstat.partition("alexnet-paper", ways=2, batch=128, paper=True, training=False)
    crossing = [layer for layer in found.layers if layer.crossings]
    yield table(
        ["layer", "operator", "bytes forward, batch 128", "bytes back"],
        [[layer.path, layer.op, exact(layer.forward_bytes), exact(layer.backward_bytes)] for layer in crossing],
    )
    assert found.example_bytes is not None
    forward, back = map(exact, found.example_bytes)
    yield (
        f"{forward} bytes an image forward and {back} back; as many were counted when two processes ran the split "
        "network: [partition](partition.md)."
    )


def _settings(parameters: tuple[float, ...]) -> str:
    return ", ".join(f"{name}={value:g}" for name, value in parameters._asdict().items())  # type: ignore[attr-defined]


def _of_the_family(name: str, number: int, says: str) -> None:
    @row(f"S{number}", f"`{name}`", says, f"netstat profile {name} --fast")
    def found() -> Iterator[str]:
        yield from _as_defined(name)


def _as_defined(name: str) -> Iterator[str]:
    p = netstat.profile(name)
    yield figures(name)
    sizes = shapes(p, "conv2d", "max_pool2d", "avg_pool2d", "linear")
    yield f"Input {shape(p.inputs[0].shape[1:])}. Output shapes: {sizes}."


_of_the_family("alexnet", 6, "torchvision's AlexNet: one column, 64 first kernels, adaptive pooling, dropout.")
_of_the_family("alexnet-paper", 7, "The paper's network in one column without groups: 62.3 M parameters, 1.1 G MACs.")


@row(
    "S8",
    "`alexnet-bvlc`",
    "The TensorFlow port of Caffe's: two groups in the second, fourth and fifth convolution, normalisation "
    "after pooling, "
    "zeros padded explicitly; for fine-tuning some layers are skipped when weights load, and only they train.",
    "netstat profile alexnet-bvlc --fast",
    "netstat profile alexnet-bvlc --fast --train-only classifier.6",
    "netstat memory alexnet-bvlc -b 128 --train-only classifier.6",
)
def port_and_fine_tuning() -> Iterator[str]:
    yield from _as_defined("alexnet-bvlc")
    freezing = netstat.profile("alexnet-bvlc", train_only=["classifier.6"]).freezing
    assert freezing is not None
    named = {
        "trained parameters": "trainable_params",
        "bytes of gradients": "gradient_bytes",
        "backward MACs": "backward_macs",
    }
    both = (freezing.before, freezing.after)
    rows = [[said, *(exact(getattr(each, field)) for each in both)] for said, field in named.items()]
    yield table(["fine-tuning", "all train", "the last layer alone trains"], rows)


_of_the_family(
    "alexnet-d2l", 9, "The book's version for Fashion-MNIST: 1×224×224, ten classes, and the shapes it prints."
)
_of_the_family(
    "lenet",
    10,
    "LeNet-5 of the same book: 1×28×28, sigmoid after each layer but the last; AlexNet has more of everything.",
)


@row(
    "S13",
    "VGG-11, 13, 16, 19",
    "3×3 convolutions of stride 1, 2×2 pooling of stride 2, 4096-4096-1000; with and without batch normalisation.",
    *(f"netstat profile vgg{depth} --fast --depth 1" for depth in (11, 13, 16, 19)),
)
def vgg() -> Iterator[str]:
    profiles = [netstat.profile(f"vgg{depth}{bn}") for depth in (11, 13, 16, 19) for bn in ("", "_bn")]
    rows = [[p.model, *map(exact, (p.totals.params, p.totals.macs, p.totals.flops))] for p in profiles]
    yield table(["model", "parameters", "MACs", "FLOPs"], rows)


@row(
    "S14",
    "Operators inside `forward`",
    "VGG-16 written by hand with `F.relu` and `reshape` in `forward`: what only hooks modules does not see them.",
    "netstat profile vgg16-functional --fast",
)
def functional_operators() -> Iterator[str]:
    p = netstat.profile("vgg16-functional")
    functional = [layer for layer in p.layers if layer.op in ("relu", "reshape", "flatten", "view")]
    yield (
        f"{len(p.layers)} operator calls, of which {sum(layer.op == 'relu' for layer in functional)} relu and "
        f"{sum(layer.op != 'relu' for layer in functional)} reshape that no module stands for: "
        f"{exact(sum(layer.flops or 0 for layer in functional))} FLOPs. Nothing is uncounted: {p.complete}."
    )


@row(
    "S15",
    "Small kernels",
    "Two 3×3 convolutions see 5×5, three see 7×7, with fewer weights and more non-linearities.",
    "netstat compare --stack 'conv3x3-256 x3' --stack conv7x7-256",
    "netstat compare --stack 'conv3x3-256 x2' --stack conv5x5-256",
    "netstat compare --stack 'conv1x7-256, conv7x1-256' --stack conv7x7-256",
    "netstat compare --stack 'dwconv3x3, conv1x1-256' --stack conv3x3-256 -i 256x56x56",
)
def small_kernels() -> Iterator[str]:
    found = netstat.compare(*(f"stack: {stack}" for stack in STACKS), input_shape=(256, 56, 56))
    yield table(
        ["stack", "parameters", "MACs", "receptive field", "non-linearities"],
        [
            [
                *(stack, exact(each.totals.params), exact(each.totals.macs)),
                *(shape(each.receptive_field or ()), exact(each.nonlinearities or 0)),
            ]
            for stack, each in zip(STACKS, found.models, strict=True)
        ],
    )


@row(
    "S16",
    "Fully convolutional testing",
    "The three linear layers become convolutions of 7×7, 1×1 and 1×1, so that a larger image gives a map of scores; "
    "parameters and the cost at 224 stay.",
    "netstat profile vgg16 --fast --fully-convolutional -i 3x384x384",
    "netstat views vgg16 --sizes 256,384,512",
)
def fully_convolutional() -> Iterator[str]:
    rows = []
    for side in (224, 256, 384, 512):
        p = netstat.profile("vgg16", (3, side, side), fully_convolutional=True)
        scores = p.layers[-1].output_shape[2:]
        rows.append([f"{side}×{side}", shape(scores), exact(p.totals.params), exact(p.totals.macs)])
    yield table(["image", "map of scores", "parameters", "MACs"], rows)
    linear = netstat.profile("vgg16").totals
    yield f"With linear layers: {exact(linear.params)} parameters, {exact(linear.macs)} MACs at 224×224."


@row(
    "S17",
    "The model as an ONNX file",
    "The model is saved and exported to ONNX.",
    EXPORT,
    "netstat profile alexnet.onnx --fast",
)
def onnx_file() -> Iterator[str]:
    saved, own = exported("alexnet"), netstat.profile("alexnet")
    yield (
        f"{exact(saved.totals.params)} parameters and {exact(saved.totals.macs)} MACs from the file, which is "
        f"read and not run; "
        f"{exact(own.totals.params)} and {exact(own.totals.macs)} from the model. Rows with work: "
        f"{sum(bool(layer.macs) for layer in saved.layers)} and {sum(bool(layer.macs) for layer in own.layers)}."
    )


def exported(name: str) -> Profile:
    """The profile of torchvision's model by way of an ONNX file."""
    import torch
    import torchvision

    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.onnx"
        model = torchvision.models.get_model(name).eval()
        torch.onnx.export(model, (torch.zeros(1, 3, 224, 224),), path, verbose=False)
        return netstat.profile(str(path))
