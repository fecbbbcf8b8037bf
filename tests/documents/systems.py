"""The systems of the documents, S1 … S17, as far as they are counted."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import netstat
from netstat.records.profile import Profile
from netstat.units import exact, percent, shape
from tests.benchmarks.page import table
from tests.documents.row import row

GB = 10**9
ALEXNETS = ("alexnet", "alexnet-paper", "alexnet-bvlc", "alexnet-d2l")


def shapes(p: Profile, *ops: str) -> str:
    """Output shapes without the batch, in order, of these operators' rows."""
    return ", ".join(shape(layer.output_shape[1:]) for layer in p.layers if layer.output_shape and layer.op in ops)


def figures(name: str) -> str:
    """Parameters, MACs and the share of the convolutions in both."""
    p = netstat.profile(name)
    convolution = next(group for group in p.groups if group.name == "convolution")
    return (
        f"{exact(p.totals.params)} parameters, {exact(p.totals.macs)} MACs; the convolutions hold "
        f"{percent(convolution.params, p.totals.params)} of the parameters and do {percent(convolution.macs, p.totals.macs)} of "
        "the MACs."
    )


@row(
    "S1",
    "The torchstat table",
    "`stat(alexnet, (3, 224, 224))` prints input shape, output shape, parameters, memory, MAdd, FLOPs, bytes, duration and "
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
    "S3",
    "Local response normalisation",
    "b = a / (k + α·Σa²)^β over neighbouring channels, with the settings of the paper, of TensorFlow and of PyTorch, which "
    "divides α by the number of channels.",
    "netstat profile alexnet-paper --fast --filter local_response_norm --columns path,output,multiplies,adds,divides,specials",
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
        "Windows at the edge of the channels are counted as they are: shorter. The three ways to write the settings convert into "
        f"each other; as PyTorch takes them, the paper's are `{_settings(paper)}` and the port's `{_settings(port)}`."
    )


def _settings(parameters: tuple[float, ...]) -> str:
    return ", ".join(f"{name}={value:g}" for name, value in parameters._asdict().items())  # type: ignore[attr-defined]


def _of_the_family(name: str, number: int, says: str, remark: str = "") -> None:
    @row(f"S{number}", f"`{name}`", says, f"netstat profile {name} --fast")
    def found() -> Iterator[str]:
        p = netstat.profile(name)
        yield figures(name)
        yield f"Input {shape(p.inputs[0].shape[1:])}. Output shapes: {shapes(p, 'conv2d', 'max_pool2d', 'avg_pool2d', 'linear')}."
        if remark:
            yield remark


_of_the_family("alexnet", 6, "torchvision's AlexNet: one column, 64 first kernels, adaptive pooling, dropout.")
_of_the_family("alexnet-paper", 7, "The paper's network in one column without groups: 62.3 M parameters, 1.1 G MACs.")
_of_the_family(
    "alexnet-bvlc",
    8,
    "The TensorFlow port of Caffe's: two groups in the second, fourth and fifth convolution, normalisation after pooling, "
    "zeros padded explicitly; for fine-tuning some layers are skipped when weights load, and only they train.",
)
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
    "S17",
    "The model as an ONNX file",
    "The model is saved and exported to ONNX.",
    "python -c 'import torch, torchvision; torch.onnx.export(torchvision.models.alexnet().eval(), (torch.zeros(1, 3, 224, 224),), "
    '"alexnet.onnx")\'',
    "netstat profile alexnet.onnx --fast",
)
def onnx_file() -> Iterator[str]:
    saved, own = exported("alexnet"), netstat.profile("alexnet")
    yield (
        f"{exact(saved.totals.params)} parameters and {exact(saved.totals.macs)} MACs from the file, which is read and not run; "
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
