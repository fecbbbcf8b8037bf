"""VGG: stacks of 3×3 convolutions (Simonyan and Zisserman 2014), as torchvision builds them."""

from typing import Any

from netstat.models.base import model
from netstat.models.layers import adaptive_avg_pool2d, batch_norm2d, conv2d, dropout, linear, max_pool2d, relu
from netstat.models.spec import Block, Call, Layer, sequential

# Convolutions per stage; channels double from 64 to 512.
DEPTHS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
CHANNELS = (64, 128, 256, 512, 512)


def vgg(depth: int, batch_norm: bool, num_classes: int) -> Block:
    """Five stages of 3×3 convolutions, each ended by 2×2 pooling, then 4096-4096-classes."""
    features: list[Layer] = []
    in_channels = 3
    for repeats, channels in zip(DEPTHS[depth], CHANNELS, strict=True):
        for _ in range(repeats):
            features.append(conv2d(in_channels, channels, 3, padding=1))
            features += [batch_norm2d(channels)] if batch_norm else []
            features.append(relu(inplace=True))
            in_channels = channels
        features.append(max_pool2d(2, 2))
    classifier = sequential(
        linear(512 * 7 * 7, 4096),
        relu(inplace=True),
        dropout(),
        linear(4096, 4096),
        relu(inplace=True),
        dropout(),
        linear(4096, num_classes),
    )
    return Block(
        "VGG",
        (
            ("features", sequential(*features)),
            ("avgpool", adaptive_avg_pool2d((7, 7))),
            ("", Call("flatten", {"start_dim": 1, "end_dim": -1})),
            ("classifier", classifier),
        ),
    )


def _register(depth: int, batch_norm: bool) -> None:
    name = f"vgg{depth}_bn" if batch_norm else f"vgg{depth}"
    summary = f"torchvision's VGG-{depth}{' with batch normalisation' if batch_norm else ''}"

    @model(name, (3, 224, 224), summary)
    def build(num_classes: int = 1000) -> Block:
        return vgg(depth, batch_norm, num_classes)


for _batch_norm in (False, True):
    for _depth in DEPTHS:
        _register(_depth, _batch_norm)


@model(
    "vgg16-functional",
    (3, 224, 224),
    "VGG-16 written by hand: F.relu and reshape inside forward, no dropout",
    needs_torch=True,
)
def vgg16_functional(num_classes: int = 1000) -> Any:
    """A torch.nn.Module whose activations no module hook can see."""
    from netstat.models._vgg16_functional import VGG16Functional

    return VGG16Functional(num_classes)
