"""A count depends on the architecture and the input's shape, and on nothing else."""

import copy
from typing import Any

import pytest
import torch
import torchvision
from torch import nn

from netstat import profile
from netstat.records import Profile

pytestmark = pytest.mark.torch

MODELS: dict[str, Any] = {
    "resnet18": lambda: (torchvision.models.resnet18(), (3, 64, 64)),
    "vit": lambda: (
        torchvision.models.VisionTransformer(32, 8, 2, 4, 32, 64, num_classes=5),
        (3, 32, 32),
    ),
    "encoder": lambda: (
        nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), 2, enable_nested_tensor=True),
        (10, 16),
    ),
    "lstm": lambda: (nn.LSTM(6, 8, 2, batch_first=True, bidirectional=True), (5, 6)),
}


@pytest.fixture(params=MODELS)
def subject(request: pytest.FixtureRequest) -> tuple[nn.Module, tuple[int, ...]]:
    return MODELS[request.param]()


def counts(p: Profile) -> list[tuple[Any, ...]]:
    return [(row.path, row.op, row.call, row.macs, row.flops, row.params, row.output_shapes) for row in p.layers]


def test_the_context_of_the_call_does_not_matter(subject: tuple[nn.Module, tuple[int, ...]]) -> None:
    model, shape = subject
    expected = profile(model, shape)
    for context in (torch.no_grad, torch.inference_mode, torch.enable_grad):
        with context():
            assert profile(model, shape) == expected


def test_the_tenth_call_counts_what_the_first_does(subject: tuple[nn.Module, tuple[int, ...]]) -> None:
    model, shape = subject
    first = profile(model, shape)
    for _ in range(8):
        profile(model, shape)
    assert profile(model, shape) == first


def test_with_and_without_fast_paths_it_is_the_same_work(subject: tuple[nn.Module, tuple[int, ...]]) -> None:
    model, shape = subject
    expected = profile(model, shape)
    before = torch.backends.mha.get_fastpath_enabled()
    try:
        for enabled in (False, True):
            torch.backends.mha.set_fastpath_enabled(enabled)
            assert profile(model, shape) == expected
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


def test_the_mode_the_model_was_left_in_does_not_matter(subject: tuple[nn.Module, tuple[int, ...]]) -> None:
    model, shape = subject
    assert profile(model.train(), shape) == profile(model.eval(), shape)


def test_a_batch_of_n_is_n_times_the_work(subject: tuple[nn.Module, tuple[int, ...]]) -> None:
    model, shape = subject
    one, three = profile(model, shape), profile(model, shape, batch=3)
    assert three.totals.macs == 3 * one.totals.macs
    assert three.totals.params == one.totals.params


def test_a_model_on_meta_counts_as_on_the_cpu(subject: tuple[nn.Module, tuple[int, ...]]) -> None:
    model, shape = subject
    assert counts(profile(copy.deepcopy(model).to("meta"), shape)) == counts(profile(model, shape))


@pytest.mark.gpu
def test_a_model_on_cuda_counts_as_on_the_cpu(subject: tuple[nn.Module, tuple[int, ...]]) -> None:
    model, shape = subject
    assert counts(profile(copy.deepcopy(model).to("cuda"), shape)) == counts(profile(model, shape))
