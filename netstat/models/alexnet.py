"""AlexNet in the variants people mean by the name."""

from netstat.models.base import model
from netstat.models.layers import (
    adaptive_avg_pool2d,
    conv2d,
    dropout,
    flatten,
    linear,
    local_response_norm,
    max_pool2d,
    relu,
    zero_pad2d,
)
from netstat.models.spec import Block, Call, Layer, sequential
from netstat.ops.normalization import LocalResponseParameters

# The convolutions of `alexnet-paper` that in the paper, section 3.5, see the maps of their own card alone: 2, 4 and 5.
GROUPED_IN_PAPER = ("features.4", "features.10", "features.12")


@model("alexnet", (3, 224, 224), "torchvision's AlexNet (one column, 64 first kernels)")
def alexnet(num_classes: int = 1000) -> Block:
    """Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014), as in torchvision."""
    features = sequential(
        conv2d(3, 64, 11, stride=4, padding=2),
        relu(inplace=True),
        max_pool2d(3, 2),
        conv2d(64, 192, 5, padding=2),
        relu(inplace=True),
        max_pool2d(3, 2),
        conv2d(192, 384, 3, padding=1),
        relu(inplace=True),
        conv2d(384, 256, 3, padding=1),
        relu(inplace=True),
        conv2d(256, 256, 3, padding=1),
        relu(inplace=True),
        max_pool2d(3, 2),
    )
    classifier = sequential(
        dropout(),
        linear(256 * 6 * 6, 4096),
        relu(inplace=True),
        dropout(),
        linear(4096, 4096),
        relu(inplace=True),
        linear(4096, num_classes),
    )
    return Block(
        "AlexNet",
        (
            ("features", features),
            ("avgpool", adaptive_avg_pool2d((6, 6))),
            ("", Call("flatten", {"start_dim": 1, "end_dim": -1})),
            ("classifier", classifier),
        ),
    )


@model(
    "alexnet-paper", (3, 227, 227), "the paper's AlexNet in one column: 96 first kernels, LRN before pooling, no groups"
)
def alexnet_paper(num_classes: int = 1000) -> Block:
    """Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks" (2012).

    On one device, so that every kernel sees all maps below it.
    """
    norm = LocalResponseParameters.from_paper(n=5, alpha=1e-4, beta=0.75, k=2)
    return _two_part(
        "AlexNetPaper",
        sequential(
            conv2d(3, 96, 11, stride=4),
            relu(),
            local_response_norm(**norm._asdict()),
            max_pool2d(3, 2),
            conv2d(96, 256, 5, padding=2),
            relu(),
            local_response_norm(**norm._asdict()),
            max_pool2d(3, 2),
            conv2d(256, 384, 3, padding=1),
            relu(),
            conv2d(384, 384, 3, padding=1),
            relu(),
            conv2d(384, 256, 3, padding=1),
            relu(),
            max_pool2d(3, 2),
        ),
        num_classes,
    )


@model("alexnet-bvlc", (3, 227, 227), "the Caffe/TensorFlow port: groups 2 in conv2, conv4, conv5, LRN after pooling")
def alexnet_bvlc(num_classes: int = 1000) -> Block:
    """BVLC's reference AlexNet as TensorFlow ports run it: zeros padded explicitly, then VALID convolutions."""
    norm = LocalResponseParameters.from_tensorflow(depth_radius=2, bias=1.0, alpha=2e-5, beta=0.75)
    return _two_part(
        "AlexNetBVLC",
        sequential(
            conv2d(3, 96, 11, stride=4),
            relu(),
            max_pool2d(3, 2),
            local_response_norm(**norm._asdict()),
            zero_pad2d(2),
            conv2d(96, 256, 5, groups=2),
            relu(),
            max_pool2d(3, 2),
            local_response_norm(**norm._asdict()),
            zero_pad2d(1),
            conv2d(256, 384, 3),
            relu(),
            zero_pad2d(1),
            conv2d(384, 384, 3, groups=2),
            relu(),
            zero_pad2d(1),
            conv2d(384, 256, 3, groups=2),
            relu(),
            max_pool2d(3, 2),
        ),
        num_classes,
    )


def _two_part(name: str, features: Block, num_classes: int) -> Block:
    """Features 256×6×6, then 4096-4096-classes with dropout after each hidden layer, as the paper has it."""
    classifier = sequential(
        linear(256 * 6 * 6, 4096),
        relu(),
        dropout(),
        linear(4096, 4096),
        relu(),
        dropout(),
        linear(4096, num_classes),
    )
    flat: tuple[str, Layer] = ("flatten", flatten())
    return Block(name, (("features", features), flat, ("classifier", classifier)))


@model("alexnet-d2l", (1, 224, 224), "Dive into Deep Learning's AlexNet for Fashion-MNIST: one channel, ten classes")
def alexnet_d2l(num_classes: int = 10) -> Block:
    """Zhang et al., "Dive into Deep Learning", section 8.1; the first convolution is padded by 1."""
    return sequential(
        conv2d(1, 96, 11, stride=4, padding=1),
        relu(),
        max_pool2d(3, 2),
        conv2d(96, 256, 5, padding=2),
        relu(),
        max_pool2d(3, 2),
        conv2d(256, 384, 3, padding=1),
        relu(),
        conv2d(384, 384, 3, padding=1),
        relu(),
        conv2d(384, 256, 3, padding=1),
        relu(),
        max_pool2d(3, 2),
        flatten(),
        linear(256 * 5 * 5, 4096),
        relu(),
        dropout(),
        linear(4096, 4096),
        relu(),
        dropout(),
        linear(4096, num_classes),
    )
