"""A result says how it was made, in Python that makes it again."""

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import netstat
from netstat.records.base import Record
from netstat.records.origin import GivenInput, Origin
from netstat.reports._code import call, needs_object
from tests.reports.samples import RECORDS

MODEL = """
from torch import nn


class Tagger(nn.Module):
    def __init__(self, words=100):
        super().__init__()
        self.words, self.head = nn.Embedding(words, 8), nn.Linear(8, 5)

    def forward(self, ids, weights):
        return self.head(self.words(ids)) * weights
"""
PURE: list[Callable[[], Record]] = [
    lambda: netstat.profile("alexnet"),
    lambda: netstat.profile("alexnet(num_classes=10)", (3, 256, 224), batch=4, dtype="bfloat16"),
    lambda: netstat.profile("lenet", {"input": (1, 28, 28)}, convention="fvcore", overlapping=True),
    lambda: netstat.profile("alexnet-bvlc", train_only=["classifier.6"], freeze="*.bias"),
    lambda: netstat.profile("vgg16", (3, 256, 256), fully_convolutional=True),
    lambda: netstat.profile("vgg11", (3, 256, 256), fully_convolutional=(3, 224, 224)),
    lambda: netstat.compare("alexnet", "stack: conv3x3-8 x3"),
    lambda: netstat.compare("alexnet", "vgg11", batch=4),
    lambda: netstat.memory("alexnet", batch=8, training=False),
    lambda: netstat.forecast("lenet", device=["h100", "rtx-4090"], dtype="tf32"),
    lambda: netstat.partition("alexnet-paper", paper=True, training=False, limit=3 * 2**30),
    lambda: netstat.activations((4, 8, 8), batch=2, measure=False),
    lambda: netstat.published("alexnet"),
]
WITH_TORCH: list[Callable[[], Record]] = [
    lambda: netstat.profile("lenet", training=True, backward=True),
    lambda: netstat.explain("lenet", batch=2),
    lambda: netstat.explain("alexnet", "features.0", input_shape=(3, 227, 227)),
    lambda: netstat.formula("alexnet", letters="H,W"),
    lambda: netstat.scaling("alexnet", sizes=[128, (224, 256)], batches=[2]),
    lambda: netstat.views("alexnet", sizes=[300, 256, (256, 320)]),
    lambda: netstat.report("lenet", "lenet(num_classes=5)", batch=2, crosscheck=False, time=False),
]
FROM_A_FILE: list[dict[str, Any]] = [
    {"input_shape": [((16,), "int64", "ids"), ((16, 5), "", "weights")], "batch": 3},
    {"input_shape": [((16,), "int64", ""), ((16, 5), "float32", "")]},
]


def check_made_again(record: Record) -> None:
    again = eval(call(record))
    assert again == record
    assert again.origin == record.origin
    assert call(again) == call(record)


@pytest.mark.parametrize("make", PURE)
def test_the_code_of_a_counted_result_makes_it_again(make: Callable[[], Record]) -> None:
    check_made_again(make())


@pytest.mark.torch
@pytest.mark.parametrize("make", WITH_TORCH)
def test_the_code_of_what_takes_torch_makes_it_again(make: Callable[[], Record]) -> None:
    check_made_again(make())


@pytest.mark.torch
@pytest.mark.parametrize("given", FROM_A_FILE)
def test_inputs_with_names_and_whole_numbers_are_given_again(given, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "my_tagger.py").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    made = netstat.profile("my_tagger.py:Tagger(words=50)", **given)
    assert call(made).startswith('netstat.profile(\n    "my_tagger.py:Tagger(words=50)",\n    [((16,), "int64", ')
    check_made_again(made)


@pytest.mark.torch
def test_an_object_is_called_model_and_takes_the_shapes_it_had() -> None:
    from torch import nn

    model = nn.Conv2d(3, 4, 3)
    made = netstat.profile(model, (3, 8, 8), batch=2)
    assert needs_object(made)
    assert call(made) == "netstat.profile(model, (3, 8, 8), batch=2)"
    assert not needs_object(netstat.profile("lenet"))


@pytest.mark.parametrize("name", RECORDS)
def test_every_kind_is_made_by_a_function_that_takes_these_arguments(name: str) -> None:
    record = RECORDS[name]
    (written,) = ast.parse(call(record)).body
    assert isinstance(written, ast.Expr)
    assert isinstance(written.value, ast.Call)
    assert isinstance(written.value.func, ast.Attribute)
    function = getattr(netstat, written.value.func.attr)
    named = {word.arg: ast.literal_eval(word.value) for word in written.value.keywords if word.arg}
    inspect.signature(function).bind(*written.value.args, **named)


def test_names_of_ill_will_stay_between_their_quotes() -> None:
    name = "x\")\n__import__('os').system('true')#\u202e"
    origin = Origin(name, (GivenInput((3,), "", name),), freeze=(name,))
    made = replace(netstat.profile("lenet"), origin=origin)
    (written,) = ast.parse(call(made)).body
    assert isinstance(written, ast.Expr)
    assert isinstance(written.value, ast.Call)
    assert [ast.literal_eval(each) for each in written.value.args] == [name, {name: (3,)}]
    assert {word.arg: ast.literal_eval(word.value) for word in written.value.keywords} == {"freeze": [name]}
