"""AlexNet's preprocessing (Krizhevsky et al. 2012, sections 2 and 4.1) as torchvision transforms v2, and images for it.

The short side is scaled to 256, 256×256 are cut out of the middle, of these 224×224 at random, mirrored every second
time; pixels become numbers from 0 to 1, less their mean over the training set, plus a shift of their colour. Nothing
here reads a clock. Importing it loads torch and torchvision; its classes have to stand in a module, for worker
processes look them up there.
"""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import torch
import torchvision.transforms.v2.functional as functional
from torch import Tensor
from torch.utils.data import Dataset
from torchvision.transforms import v2

from netstat.records.pipeline import PipelineRecipe

Step = Callable[[Any], Any]

# Of ImageNet's training images, for numbers from 0 to 1: the mean per channel, and the eigenvalues λ and (in columns)
# eigenvectors p of the covariance of red, green and blue, from a random subset. Source: datasets/imagenet.lua of
# github.com/facebookarchive/fb.resnet.torch.
MEAN = (0.485, 0.456, 0.406)
EIGENVALUES = (0.2175, 0.0188, 0.0045)
EIGENVECTORS = ((-0.5675, 0.7192, 0.4009), (-0.5808, -0.0045, -0.8140), (-0.5836, -0.6948, 0.4203))
DEVIATION = 0.1  # of the a in the paper's formula

QUALITY, GRAIN, SEED = 95, 8.0, 0
PATCHES = ((64, 110.0), (16, 70.0), (4, 50.0))  # side in pixels and contrast of what is in a photograph


class SubtractMean(v2.Transform):  # type: ignore[misc]  # torchvision has no types
    """Take the training set's mean off each channel of a floating-point image (3, H, W)."""

    def __init__(self, mean: Sequence[float] = MEAN) -> None:
        super().__init__()
        self.mean = torch.tensor(mean).view(-1, 1, 1)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """The image, less the mean."""
        return inpt - self.mean


class ColourNoise(v2.Transform):  # type: ignore[misc]
    """Add [p1 p2 p3][a1·λ1, a2·λ2, a3·λ3]ᵀ to every pixel of an image (3, H, W), a ~ N(0, 0.1) drawn once per image.

    Krizhevsky et al. (2012), section 4.1. The formula depends on the unit of the pixels, as λ is in its square: it is
    meant, and used by those who print its constants, for numbers from 0 to 1.
    """

    def __init__(
        self,
        values: Sequence[float] = EIGENVALUES,
        vectors: Sequence[Sequence[float]] = EIGENVECTORS,
        deviation: float = DEVIATION,
    ) -> None:
        super().__init__()
        self.values, self.vectors, self.deviation = torch.tensor(values), torch.tensor(vectors), deviation

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """Draw a for one image."""
        return {"a": torch.normal(0.0, self.deviation, self.values.shape)}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """The image, its colour shifted."""
        return inpt + (self.vectors @ (params["a"] * self.values)).view(-1, 1, 1)


def decoded(encoded: bytes) -> Tensor:
    """A JPEG as (3, H, W) of uint8, by Pillow, as torchvision's `ImageFolder` reads files."""
    from PIL import Image

    with Image.open(BytesIO(encoded)) as image:
        pixels: Tensor = functional.pil_to_tensor(image.convert("RGB"))
    return pixels


def steps(recipe: PipelineRecipe) -> dict[str, Step]:
    """The stages up to one finished image, in their order.

    The paper takes the mean off before the crops; after them it gives the same values from fewer pixels.
    """
    first: dict[str, Step] = {"decode": decoded} if recipe.decode else {}
    return first | {
        "resize": v2.Resize(recipe.resize, antialias=True),
        "centre crop": v2.CenterCrop(recipe.resize),
        "random crop": v2.RandomCrop(recipe.crop),
        "mirror": v2.RandomHorizontalFlip(),
        "to float": v2.ToDtype(torch.float32, scale=True),
        "subtract mean": SubtractMean(),
        "colour noise": ColourNoise(),
    }


def photographs(width: int, height: int, number: int) -> list[bytes]:
    """Synthetic photographs as JPEG: coloured patches of several sizes and grain, the same ones every time.

    Grain and quality are such that one of 500×375 takes about 110 kB, as ImageNet's do: noise alone would take as long
    to decode as no photograph does.
    """
    generator = torch.Generator().manual_seed(SEED)
    return [_encoded(_photograph(width, height, generator)) for _ in range(number)]


def _photograph(width: int, height: int, generator: torch.Generator) -> Tensor:
    pixels = GRAIN * torch.randn(1, height, width, generator=generator)
    for side, contrast in PATCHES:
        coarse = contrast * torch.rand(1, 3, height // side + 2, width // side + 2, generator=generator)
        pixels = pixels + torch.nn.functional.interpolate(coarse, size=(height, width), mode="bilinear")[0]
    return pixels.clamp(0, 255).to(torch.uint8)


def _encoded(pixels: Tensor) -> bytes:
    content = BytesIO()
    functional.to_pil_image(pixels).save(content, "JPEG", quality=QUALITY)
    return content.getvalue()


class Photographs(Dataset[Tensor]):
    """Finished images without an end: the photographs come round again, crop, mirror and noise drawn anew.

    Args:
        sources: what the first of `steps` takes.
        steps: the stages by name, in their order.
    """

    ENDLESS = 2**40

    def __init__(self, sources: Sequence[Any], steps: Mapping[str, Step]) -> None:
        self.sources, self.steps = sources, steps

    def __len__(self) -> int:
        return self.ENDLESS

    def __getitem__(self, index: int) -> Tensor:
        image = self.sources[index % len(self.sources)]
        for step in self.steps.values():
            image = step(image)
        result: Tensor = image
        return result
