"""Torch's functions for images at another size or along a grid."""

import torch
import torch.nn.functional as F  # noqa: N812  its name everywhere

from oracle.reference import REFERENCES
from oracle.resampling import FILTERS

PUBLIC = ("upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d", "upsample_bicubic2d")


def resize(input, output_size, align_corners=None, scale_factors=None, *, name):  # type: ignore[no-untyped-def]
    given = (input, output_size) if align_corners is None else (input, output_size, align_corners)
    return getattr(torch._C._nn, name)(*given, scale_factors)


for name in PUBLIC:
    REFERENCES[name] = lambda name=name, **given: resize(**given, name=name)
for mode in FILTERS:
    REFERENCES[f"upsample_{mode}2d_aa"] = lambda name=f"_upsample_{mode}2d_aa", **given: resize(**given, name=name)
for dims in (1, 2, 3):
    REFERENCES[f"upsample_nearest{dims}d"] = lambda name=f"upsample_nearest{dims}d", **given: resize(**given, name=name)
    exact = f"upsample_nearest_exact{dims}d"
    REFERENCES[exact] = lambda name="_" + exact, **given: resize(**given, name=name)
REFERENCES |= {"grid_sample": F.grid_sample, "affine_grid": F.affine_grid}
