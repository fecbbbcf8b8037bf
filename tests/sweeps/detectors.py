"""Torchvision's detectors as their weights have them, and what of their work each region takes."""

from typing import Any, NamedTuple

import torch
from torch import nn
from torchvision.models import get_model
from torchvision.ops import FrozenBatchNorm2d

from netstat.records import Profile
from tests.sweeps.published import SIDE

PROPOSALS, DETECTIONS = 1000, 100  # what torchvision's R-CNNs keep of each at most, unless told otherwise
FEW = 2  # enough regions to tell what one takes
# Neither scores nor overlaps decide how many regions there are: as many as are asked for.
FEW_REGIONS = {
    "rpn_nms_thresh": 2.0,
    "rpn_post_nms_top_n_test": FEW,
    "box_score_thresh": -1.0,
    "box_nms_thresh": 2.0,
    "box_detections_per_img": FEW,
}


def as_published(name: str, frozen: bool = False, few_regions: bool = False) -> tuple[nn.Module, tuple[Any, ...]]:
    """A detector at the image its published figure is for, which the model resizes itself.

    Args:
        name: torchvision's.
        frozen: whether the batch normalisation of its backbone is frozen, as building it with weights has it: scale and
            shift are buffers and no parameters.
        few_regions: whether it finds `FEW` regions, whatever the values are.
    """
    model = get_model(name, weights=None, weights_backbone=None, **FEW_REGIONS if few_regions else {})
    if frozen:
        freeze(model.backbone)
    return model, ([torch.rand(3, SIDE, SIDE)],)


def freeze(module: nn.Module) -> None:
    """Put torchvision's frozen batch normalisation in the place of every trainable one."""
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d):
            setattr(module, name, FrozenBatchNorm2d(child.num_features))
        else:
            freeze(child)


class Parts(NamedTuple):
    """The MACs of an R-CNN by what decides how often they are done.

    Attributes:
        image: of backbone, pyramid and proposals, once per image.
        proposal: of the box head and its predictor, once per proposal.
        detection: of the mask or keypoint head and its predictor, once per detection; 0 without such a head.
    """

    image: int
    proposal: int = 0
    detection: int = 0

    def macs(self, proposals: int, detections: int) -> int:
        """Their sum at these numbers of regions."""
        return self.image + proposals * self.proposal + detections * self.detection

    def ways_to(self, giga_macs: float) -> list[tuple[int, int]]:
        """The numbers of proposals and detections at which the MACs are these, in 10⁹ to three decimals."""
        proposals = range(PROPOSALS + 1 if self.proposal else 1)
        detections = range(DETECTIONS + 1 if self.detection else 1)
        return [(p, d) for p in proposals for d in detections if round(self.macs(p, d) / 1e9, 3) == giga_macs]


def parts_of(profile: Profile) -> Parts:
    """The parts of a detector's profile that was made at a few regions; all is the image's where it has no such heads.

    Raises:
        ValueError: the heads' work is no multiple of the number of regions.
    """
    boxes = sum(row.macs for row in profile.layers if row.path.startswith("roi_heads.box_"))
    others = sum(row.macs for row in profile.layers if row.path.startswith(("roi_heads.mask_", "roi_heads.keypoint_")))
    if boxes % FEW or others % FEW:
        raise ValueError(f"{boxes} or {others} MACs are no multiple of {FEW} regions")
    return Parts(profile.totals.macs - boxes - others, boxes // FEW, others // FEW)
