"""`netstat views` and `--fully-convolutional` as a person types them."""

import json
from pathlib import Path

import pytest

from netstat.records import load
from netstat.records.views import Views
from tests.cli.runs import Refused, Run


def test_s16_the_layer_table_of_vgg16_at_384(netstat: Run) -> None:
    ended = netstat("profile", "vgg16", "--fully-convolutional", "-i", "3x384x384", "--fast")
    assert ended.code == 0
    assert "vgg16 (fully convolutional) · input 1×3×384×384" in ended.out
    assert "138,357,544" in ended.out
    assert "1×1000×6×6" in ended.out
    assert "linear" not in ended.out


@pytest.mark.parametrize("words", [("compare", "alexnet", "vgg16"), ("memory", "vgg16", "--no-training")])
def test_other_commands_take_the_form_too(netstat: Run, words: tuple[str, ...]) -> None:
    ended = netstat(*words, "--fully-convolutional", "-i", "3x384x384")
    assert ended.code == 0
    assert "vgg16 (fully convolutional)" in ended.out


def test_views_and_whole_images_are_two_tables(netstat: Run) -> None:
    ended = netstat("views", "vgg16")
    assert ended.code == 0
    for word in ("ten crops", "154,702,643,200", "10×10", "92,541,681,664", "33·33·2 = 2,178"):
        assert word in ended.out


def test_sizes_are_sides_or_height_and_width(netstat: Run) -> None:
    ended = netstat("views", "alexnet", "--sizes", "256,384x512")
    assert "dense 384×512" in ended.out
    assert "6×10" in ended.out


def test_json_on_stdout_is_the_record_and_files_are_written(netstat: Run, tmp_path: Path) -> None:
    files = [tmp_path / f"views.{suffix}" for suffix in ("json", "csv", "md", "tex")]
    ended = netstat("views", "lenet", "--json", "-q", *(word for file in files for word in ("-o", str(file))))
    record = load(str(files[0]))
    assert isinstance(record, Views)
    assert json.loads(ended.out) == json.loads(json.dumps(record.to_dict()))
    assert all(file.stat().st_size for file in files)


@pytest.mark.charts
def test_the_chart_is_drawn(netstat: Run, tmp_path: Path) -> None:
    assert netstat("views", "lenet", "-o", str(tmp_path / "views.png"), "-q").code == 0
    assert (tmp_path / "views.png").stat().st_size > 10_000


@pytest.mark.torch
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("views", "vgg16", "--sizes", "100"), 2, "an image of 100×100 is smaller than a crop, 224×224"),
        (("views", "vgg16", "--sizes", "a"), 2, "--sizes takes sides such as 256 and sizes such as 384x512, not 'a'"),
        (("views", "vgg16", "--sizes", ","), 2, "--sizes names nothing"),
        (("views", "vgg17"), 2, "unknown model 'vgg17'"),
        (("views", "saved.json"), 2, "is a saved result"),
        (("views", "vgg16", "-i", "4x224x224"), 3, "needs 3 input channels, got 4"),
        (("profile", "a.onnx", "--fully-convolutional"), 2, "'a.onnx' is a file, of which the sizes are settled"),
        (("profile", "a.json", "--fully-convolutional"), 2, "stays as it was counted"),
        (
            ("profile", "vgg16", "--fully-convolutional", "-i", "3x200x200", "--fast"),
            3,
            "3×224×224 is the smallest square input that works",
        ),
        (
            ("profile", "vgg16", "--fully-convolutional", "-i", "3x31x31", "--fast"),
            3,
            "3×224×224 is the smallest square input that works",
        ),
        (
            ("profile", "vgg16", "--fully-convolutional", "-i", "1x384x384", "--fast"),
            3,
            "needs 3 input channels, got 1; the model is made for 3×224×224",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_line(refused: Refused, words: tuple[str, ...], code: int, said: str) -> None:
    assert said in refused(*words, code=code)
