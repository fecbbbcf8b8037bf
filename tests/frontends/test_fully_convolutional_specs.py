"""S16: built-in models in fully convolutional form, without torch."""

from math import prod

import pytest

from netstat import compare, forecast, memory, profile
from netstat.cost import FIELDS
from netstat.errors import ModelError, ShapeError, UsageError
from netstat.frontends.fully_convolutional import fully_convolutional
from netstat.models import MODELS
from netstat.models.layers import adaptive_avg_pool2d, conv2d, flatten, linear
from netstat.models.spec import Block, Layer, sequential
from netstat.records import Profile

NAMES = [name for name in MODELS.names() if not MODELS[name].needs_torch]
# (smallest side that gives a score, scores at a side); at the step of 32 pixels (4 for LeNet) one more each way.
MAPS = {
    "lenet": (28, 40, 4),
    "alexnet": (223, 384, 6),
    "alexnet-paper": (227, 384, 5),
    "alexnet-bvlc": (227, 384, 5),
    "alexnet-d2l": (193, 384, 6),
    "vgg11": (224, 384, 6),
    "vgg16": (224, 384, 6),
    "vgg19_bn": (224, 384, 6),
}


def at(name: str, side: int) -> Profile:
    channels = MODELS[name].input_shape[0]
    return profile(name, (channels, side, side), fully_convolutional=True)


@pytest.mark.parametrize("name", NAMES)
def test_s16_parameters_and_macs_are_unchanged_at_the_size_a_model_is_made_for(name: str) -> None:
    before, after = profile(name), profile(name, fully_convolutional=True)
    assert (after.totals.params, after.totals.macs) == (before.totals.params, before.totals.macs)
    assert after.layers[-1].output_shape == (*before.layers[-1].output_shape, 1, 1)
    assert after.complete


@pytest.mark.parametrize("name", NAMES)
def test_s16_elementary_operations_differ_by_the_divisions_of_a_pooling_that_does_nothing(name: str) -> None:
    before, after = profile(name), profile(name, fully_convolutional=True)
    pools = [row for row in before.layers if row.op == "adaptive_avg_pool2d"]
    differences = {field: getattr(before.totals, field) - getattr(after.totals, field) for field in FIELDS[:6]}
    divides = sum(prod(row.output_shape) for row in pools)
    assert differences == {**dict.fromkeys(FIELDS[:6], 0), "divides": divides}
    assert before.totals.flops - after.totals.flops == divides


@pytest.mark.parametrize("name", NAMES)
def test_s16_paths_of_what_has_parameters_stay(name: str) -> None:
    def owners(p: Profile) -> list[tuple[str, int]]:
        return [(row.path, row.params) for row in p.layers if row.params]

    assert owners(profile(name, fully_convolutional=True)) == owners(profile(name))


def test_s16_vggs_linear_layers_are_convolutions_of_7_1_and_1() -> None:
    spec = fully_convolutional(MODELS["vgg16"].build(), (3, 224, 224))
    assert [name for name, _ in spec.steps] == ["features", "classifier"]
    classifier = spec.steps[1][1]
    assert isinstance(classifier, Block)
    found = [step.arguments for _, step in classifier.steps if isinstance(step, Layer) and step.module == "Conv2d"]
    assert [arguments["kernel_size"] for arguments in found] == [(7, 7), (1, 1), (1, 1)]
    assert [(arguments["in_channels"], arguments["out_channels"]) for arguments in found] == [
        (512, 4096),
        (4096, 4096),
        (4096, 1000),
    ]


@pytest.mark.parametrize("name", MAPS)
def test_s16_the_map_of_scores_grows_with_the_image(name: str) -> None:
    least, side, scores = MAPS[name]
    assert at(name, least).layers[-1].output_shape[2:] == (1, 1)
    assert at(name, side).layers[-1].output_shape[2:] == (scores, scores)
    step = 4 if name == "lenet" else 32
    assert at(name, side + step).layers[-1].output_shape[2:] == (scores + 1, scores + 1)


@pytest.mark.parametrize("name", MAPS)
def test_s16_a_smaller_image_is_refused_with_the_smallest_that_works(name: str) -> None:
    least, channels = MAPS[name][0], MODELS[name].input_shape[0]
    with pytest.raises(ShapeError, match=f"{channels}×{least}×{least} is the smallest square input that works"):
        at(name, least - 1)


def test_c_any_input_of_32_pixels_works_with_adaptive_pooling_and_not_without() -> None:
    assert profile("vgg16", (3, 32, 32)).layers[-1].output_shape == (1, 1000)
    with pytest.raises(ShapeError, match="3×32×32 is the smallest"):
        profile("vgg16", (3, 31, 31))
    with pytest.raises(ShapeError, match="3×224×224 is the smallest"):
        at("vgg16", 32)


def test_the_sides_of_an_image_may_differ() -> None:
    p = profile("vgg16", (3, 256, 512), fully_convolutional=True)
    assert p.layers[-1].output_shape == (1, 1000, 2, 10)


def test_the_form_is_in_the_name_and_options_stay() -> None:
    p = profile("alexnet(num_classes=7)", (3, 300, 300), batch=2, fully_convolutional=True)
    assert p.model == "alexnet(num_classes=7) (fully convolutional)"
    assert p.layers[-1].output_shape == (2, 7, 3, 3)


def test_every_function_that_takes_a_model_without_torch_takes_the_form() -> None:
    given = {"input_shape": (3, 384, 384), "fully_convolutional": True}
    macs = profile("vgg16", (3, 384, 384), fully_convolutional=True).totals.macs
    assert compare("vgg16", **given).models[0].totals.macs == macs
    assert memory("vgg16", **given, training=False).layers[-1].path == "classifier.6"
    one, other = (forecast("vgg16", (3, side, side), device="h100", fully_convolutional=True)[0] for side in (384, 512))
    assert one.seconds < other.seconds


def test_a_pooling_that_does_something_at_the_stated_size_is_refused() -> None:
    with pytest.raises(ModelError, match="before its linear layers it pools 14×14 to 7×7"):
        profile("vgg16", (3, 448, 448), fully_convolutional=(3, 448, 448))


def test_a_spec_that_is_made_for_an_oblong_has_oblong_kernels() -> None:
    spec = sequential(conv2d(3, 4, 3), adaptive_avg_pool2d((6, 8)), flatten(), linear(4 * 6 * 8, 5))
    *_, (name, last) = fully_convolutional(spec, (3, 8, 10)).steps
    assert isinstance(last, Layer)
    assert (name, last.arguments["kernel_size"], last.params["weight"]) == ("3", (6, 8), (5, 4, 6, 8))


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ((3, 224), "fully_convolutional is True or the size"),
        ("yes", "fully_convolutional is True or the size"),
        ((3, 0, 224), "needs positive whole sizes"),
    ],
)
def test_a_size_that_cannot_be_is_refused(stated: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        profile("vgg16", fully_convolutional=stated)  # type: ignore[arg-type]


def test_wrong_channels_name_the_layer_and_what_the_model_is_made_for() -> None:
    with pytest.raises(
        ShapeError, match=r"'features.0': needs 3 input channels, got 4; the model is made for 3×224×224"
    ):
        profile("vgg16", (4, 384, 384), fully_convolutional=True)


@pytest.mark.parametrize("name", ["model.onnx", "program.pt2", "weights.safetensors"])
def test_a_file_has_its_sizes_settled(name: str) -> None:
    with pytest.raises(UsageError, match=f"'{name}' is a file, of which the sizes are settled"):
        profile(name, fully_convolutional=True)
