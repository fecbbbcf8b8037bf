"""Receptive fields of whole models against the support of real gradients: how much is seen, and where."""

import pytest
import torch

from netstat import profile
from tests.analysis.supports import claims, positive, support, with_means

torchvision = pytest.importorskip("torchvision")
pytestmark = pytest.mark.torch

IMAGE_MODELS = [  # model, module, input size, output position, extent where it is in print
    ("alexnet", "features.0", 512, 40, 11),  # these: Araujo, Norris and Sim, Distill 2019, for 11 and 195
    ("alexnet", "features.2", 512, 30, 19),
    ("alexnet", "features.3", 512, 30, 51),
    ("alexnet", "features.5", 512, 14, 67),
    ("alexnet", "features.6", 512, 14, 99),
    ("alexnet", "features.8", 512, 14, 131),
    ("alexnet", "features.10", 512, 14, 163),
    ("alexnet", "features.12", 512, 7, 195),
    pytest.param("vgg16", "features.30", 288, 4, 212, marks=pytest.mark.slow),  # the same
    ("resnet18", "maxpool", 224, 28, 11),
    ("resnet18", "layer2.1", 256, 16, 99),
    pytest.param("resnet18", "layer4", 512, 8, 435, marks=pytest.mark.slow),
    ("googlenet", "inception3b", 320, 20, None),  # branches of 1×1, 3×3, 3×3 for 5×5, and a pool
    pytest.param("inception_v3", "Mixed_6b", 480, 12, None, marks=pytest.mark.slow),  # branches of 1×7 and 7×1
    ("mobilenet_v2", "features.6", 224, 12, None),  # depthwise and pointwise
    pytest.param("densenet121", "features.denseblock1", 224, 28, None, marks=pytest.mark.slow),
    ("shufflenet_v2_x0_5", "stage2", 256, 16, None),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "path", "size", "at", "extent"), IMAGE_MODELS)
def test_a_models_field_is_the_support_of_its_gradient(
    name: str, path: str, size: int, at: int, extent: int | None
) -> None:
    torch.manual_seed(0)
    more = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    model = torchvision.models.get_model(name, weights=None, **more).eval()
    shape = (1, 3, size, size)
    said = claims(model, shape, path)
    true = support(with_means(positive(model)), shape, (at, at), path)
    assert [claim.span(at) for claim in said] == [claim.line(at) for claim in said] == true
    assert [last - first + 1 for first, last in true] == [claim.extent for claim in said]
    assert extent in (None, said[0].extent)


@pytest.mark.parametrize(("name", "size", "extent"), [("inception_v3", 299, 1311), ("vgg16", 224, 212)])
def test_the_largest_window_is_that_of_the_literature(name: str, size: int, extent: int) -> None:
    # Araujo, Norris and Sim, Distill 2019, whose models end before the mean over the image
    fields = [row.receptive_field for row in profile(f"torchvision:{name}", (3, size, size)).layers]
    assert max(field for field in fields if field) == (extent, extent)
