"""Where building a torchvision model with its weights and without them is not the same, and by how much.

What torchvision publishes is of models with their weights.
"""

from typing import NamedTuple


class Difference(NamedTuple):
    """What building a model with weights does besides loading them.

    Attributes:
        options: what does the same without weights.
        reason: why the figures differ.
        macs, params: what the options add to the figures of the model without them.
    """

    options: str
    reason: str
    macs: int
    params: int


class Regions(NamedTuple):
    """How a detector was counted with its weights.

    Attributes:
        proposals, detections: how many regions reached the heads.
        frozen: parameters that are buffers in the backbone's frozen batch normalisation.
        also: other numbers from which the published figure would follow as well.
    """

    proposals: int = 0
    detections: int = 0
    frozen: int = 0
    also: tuple[tuple[int, int], ...] = ()


AUXILIARY = "its weights come with an auxiliary classifier, which runs in eval mode too"
WITHOUT = "its weights come without the auxiliary classifiers, which do not run in eval mode"
# A classifier of 3×3 kernels without bias to a quarter of the channels, batch normalisation, and 1×1 kernels to 21
# classes. At a 520×520 image it sits on 65×65 positions of 1024 channels, or of 40.
RESNET_AUX = Difference(
    "aux_loss=True",
    AUXILIARY,
    macs=65 * 65 * (1024 * 9 * 256 + 256 * 21),
    params=1024 * 9 * 256 + 2 * 256 + 256 * 21 + 21,
)
MOBILENET_AUX = Difference(
    "aux_loss=True", AUXILIARY, macs=65 * 65 * (40 * 9 * 10 + 10 * 21), params=40 * 9 * 10 + 2 * 10 + 10 * 21 + 21
)


def _googlenet_aux(channels: int) -> int:
    """Parameters of an auxiliary classifier: 1×1 kernels with batch normalisation, 4×4 positions to 1024 to 1000."""
    return channels * 128 + 2 * 128 + (16 * 128 + 1) * 1024 + (1024 + 1) * 1000


NO_AUX = Difference("aux_logits=False", WITHOUT, macs=0, params=-_googlenet_aux(512) - _googlenet_aux(528))

DIFFERENCES = {
    "deeplabv3_mobilenet_v3_large": MOBILENET_AUX,
    "deeplabv3_resnet50": RESNET_AUX,
    "deeplabv3_resnet101": RESNET_AUX,
    "fcn_resnet50": RESNET_AUX,
    "fcn_resnet101": RESNET_AUX,
    "googlenet": NO_AUX,
    "quantized_googlenet": NO_AUX,
}
RESNET50 = 2 * 26_560  # two parameters for each of its normalised channels
MOBILENET = 2 * 12_200
REGIONS = {
    ("fasterrcnn_mobilenet_v3_large_320_fpn", "COCO_V1"): Regions(frozen=MOBILENET),
    ("fasterrcnn_mobilenet_v3_large_fpn", "COCO_V1"): Regions(frozen=MOBILENET),
    ("fasterrcnn_resnet50_fpn", "COCO_V1"): Regions(1000, frozen=RESNET50),
    ("fasterrcnn_resnet50_fpn_v2", "COCO_V1"): Regions(1000),
    ("fcos_resnet50_fpn", "COCO_V1"): Regions(frozen=RESNET50),
    ("keypointrcnn_resnet50_fpn", "COCO_LEGACY"): Regions(1000, frozen=RESNET50),
    ("keypointrcnn_resnet50_fpn", "COCO_V1"): Regions(1000, 1, frozen=RESNET50),
    ("maskrcnn_resnet50_fpn", "COCO_V1"): Regions(1000, frozen=RESNET50, also=((963, 1), (296, 19))),
    ("maskrcnn_resnet50_fpn_v2", "COCO_V1"): Regions(1000, 100),
    ("retinanet_resnet50_fpn", "COCO_V1"): Regions(frozen=RESNET50),
    ("retinanet_resnet50_fpn_v2", "COCO_V1"): Regions(),
    ("ssd300_vgg16", "COCO_V1"): Regions(),
    ("ssdlite320_mobilenet_v3_large", "COCO_V1"): Regions(),
}
