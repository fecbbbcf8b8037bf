"""The documents' preprocessing, on real torchvision transforms."""

from io import BytesIO

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from PIL import Image  # noqa: E402
from torchvision.transforms import v2  # noqa: E402

from netstat.frontends import augmentation  # noqa: E402
from netstat.frontends.augmentation import ColourNoise, Photographs, SubtractMean, decoded, photographs, steps  # noqa: E402
from netstat.measure.recipe import recipe_of  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def _own_random_state() -> None:
    torch.manual_seed(0)


def image(height: int = 8, width: int = 6) -> torch.Tensor:
    return torch.rand(3, height, width)


def test_colour_noise_is_the_formula_of_the_paper_written_out() -> None:
    noise = ColourNoise()
    values, vectors = augmentation.EIGENVALUES, augmentation.EIGENVECTORS
    for _ in range(20):
        state = torch.get_rng_state()
        before = image()
        after = noise(before)
        torch.set_rng_state(state)
        image()
        drawn = torch.normal(0.0, 0.1, (3,)).tolist()
        for channel in range(3):
            shift = sum(vectors[channel][i] * drawn[i] * values[i] for i in range(3))
            expected = torch.tensor([[value + shift for value in row] for row in before[channel].tolist()])
            assert torch.allclose(after[channel], expected, rtol=0, atol=1e-7)  # float32 rounds


def test_every_pixel_of_an_image_is_shifted_alike_and_every_image_otherwise() -> None:
    noise, black = ColourNoise(), torch.zeros(3, 5, 7)
    shifts = [noise(black) for _ in range(2)]
    for shifted in shifts:
        assert torch.equal(shifted, shifted[:, :1, :1].expand(3, 5, 7))
    assert not torch.equal(*shifts)
    assert torch.equal(black, torch.zeros(3, 5, 7))


def test_shifts_have_mean_zero_and_the_covariance_of_the_formula() -> None:
    noise, black, number = ColourNoise(), torch.zeros(3, 1, 1), 4000
    shifts = torch.stack([noise(black).flatten() for _ in range(number)]).double()
    p, values = noise.vectors.double(), noise.values.double()
    covariance = p @ torch.diag((0.1 * values) ** 2) @ p.T
    error = covariance.diagonal().sqrt() / number**0.5  # of a mean of so many
    assert (shifts.mean(0).abs() < 5 * error).all()
    assert torch.allclose(shifts.T.cov(), covariance, rtol=0.15)


def test_the_printed_eigenvectors_are_orthonormal_to_their_digits() -> None:
    p = torch.tensor(augmentation.EIGENVECTORS, dtype=torch.float64)
    assert torch.allclose(p.T @ p, torch.eye(3, dtype=torch.float64), atol=2e-4)
    assert list(augmentation.EIGENVALUES) == sorted(augmentation.EIGENVALUES, reverse=True)


@given(st.lists(st.floats(-2, 2, width=32), min_size=3, max_size=3))
def test_the_mean_is_taken_off_channel_by_channel(mean: list[float]) -> None:
    before = image()
    after = SubtractMean(mean)(before)
    for channel in range(3):
        assert torch.equal(after[channel], before[channel] - torch.tensor(mean[channel]))


def test_the_stages_are_transforms_of_torchvision_in_the_order_of_the_documents() -> None:
    stages = steps(recipe_of())
    assert list(stages) == [
        "decode", "resize", "centre crop", "random crop", "mirror", "to float", "subtract mean", "colour noise"
    ]  # fmt: skip
    assert all(isinstance(stage, v2.Transform) for name, stage in stages.items() if name != "decode")
    assert list(steps(recipe_of(decode=False))) == list(stages)[1:]


@settings(max_examples=10, deadline=None)
@given(width=st.integers(20, 90), height=st.integers(20, 90))
def test_sizes_are_those_of_the_documents_whatever_the_photograph_has(width: int, height: int) -> None:
    recipe = recipe_of((width, height), resize=32, crop=(28, 24))
    (encoded,) = photographs(width, height, 1)
    sizes, picture = {}, encoded
    for name, stage in steps(recipe).items():
        picture = stage(picture)
        sizes[name] = tuple(picture.shape)
    assert sizes["decode"] == (3, height, width)
    assert min(sizes["resize"][1:]) == 32
    assert sizes["resize"][1] * width == pytest.approx(sizes["resize"][2] * height, abs=max(width, height))
    assert sizes["centre crop"] == (3, 32, 32)
    assert sizes["random crop"] == sizes["colour noise"] == (3, 28, 24)
    assert picture.dtype == torch.float32


def test_a_whole_image_is_what_the_steps_by_hand_make_of_it() -> None:
    """Undo the colour shift: what is left is a crop of the resized photograph, perhaps mirrored, less the mean."""
    recipe = recipe_of((40, 30), resize=16, crop=(14, 14), decode=False)
    source = decoded(photographs(40, 30, 1)[0])
    made = Photographs([source], steps(recipe))[0]
    square = v2.functional.center_crop(v2.functional.resize(source, [16], antialias=True), [16, 16]).float() / 255
    candidates = [
        crop.flip(2) if mirrored else crop
        for crop in (square[:, y : y + 14, x : x + 14] for y in range(3) for x in range(3))
        for mirrored in (False, True)
    ]
    assert len(candidates) == recipe.crops
    mean = torch.tensor(augmentation.MEAN).view(3, 1, 1)
    spreads = [(made - (candidate - mean)).flatten(1).std(1).max() for candidate in candidates]
    assert min(spreads) < 1e-6
    assert sorted(spreads)[1] > 1e-3


def test_every_crop_and_both_sides_come_up() -> None:
    recipe = recipe_of((16, 16), resize=16, crop=(15, 15), decode=False)
    source = torch.arange(256, dtype=torch.uint8).view(1, 16, 16).expand(3, 16, 16)
    stages = steps(recipe)
    corners = {int(stages["mirror"](stages["random crop"](source))[0, 0, 0]) for _ in range(300)}
    assert corners == {y * 16 + x for y in (0, 1) for x in (0, 1, 14, 15)}
    assert len(corners) == recipe.crops == 8


def test_photographs_are_jpegs_of_the_size_asked_for_and_the_same_every_time() -> None:
    before = torch.get_rng_state()
    first = photographs(50, 40, 3)
    assert first == photographs(50, 40, 3)
    assert len(set(first)) == 3
    assert torch.equal(torch.get_rng_state(), before)
    with Image.open(BytesIO(first[0])) as opened:
        assert (opened.format, opened.size, opened.mode) == ("JPEG", (50, 40), "RGB")


def test_a_photograph_of_imagenets_size_takes_what_imagenets_take() -> None:
    """ILSVRC-2012's 1,281,167 training images are 147.9 GB as JPEG, of 400×350 pixels in the mean."""
    (encoded,) = photographs(500, 375, 1)
    assert 0.9 < len(encoded) / (147_897_477_120 / 1_281_167) < 1.1


def test_photographs_come_round_without_an_end() -> None:
    dataset = Photographs([1, 2, 3], {"twice": lambda number: 2 * number})
    assert [dataset[i] for i in (0, 1, 2, 3, 2**39)] == [2, 4, 6, 2, 2 * (2**39 % 3 + 1)]
    assert len(dataset) > 10**12
