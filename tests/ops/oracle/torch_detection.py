"""Torchvision's operators."""

from typing import Any

import torch
import torchvision  # noqa: F401  registers its operators with torch

from oracle.reference import REFERENCES

REFERENCES |= {name: getattr(torch.ops.torchvision, name) for name in ("nms", "deform_conv2d")}


def of_first_image(name: str, rois: Any, **given: Any) -> Any:
    """A region's first number says of which image it is."""
    rois[:, 0] = 0
    return getattr(torch.ops.torchvision, name)(rois=rois, **given)


def whole(input: Any, rois: Any, spatial_scale: float) -> Any:
    """As many regions as there are, each from the first to the last row and column, the last included or not."""
    height, width = (size - 1 for size in input.shape[2:])
    return torch.tensor([[0.0, 0.0, 0.0, width, height]] * len(rois), dtype=rois.dtype) / spatial_scale


def roi_pool(input: Any, rois: Any, spatial_scale: float, **bins: int) -> Any:
    return torch.ops.torchvision.roi_pool(input, whole(input, rois, spatial_scale), spatial_scale, **bins)


def ps_roi_pool(input: Any, rois: Any, spatial_scale: float, **bins: int) -> Any:
    return torch.ops.torchvision.ps_roi_pool(input, whole(input, rois, spatial_scale), spatial_scale, **bins)


REFERENCES |= {"roi_pool": roi_pool, "ps_roi_pool": ps_roi_pool}
for name in ("roi_align", "ps_roi_align"):
    REFERENCES[name] = lambda name=name, **given: of_first_image(name, **given)
