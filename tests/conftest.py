"""What holds for every test: a GPU test without a GPU is skipped and says why."""

import sys
from pathlib import Path

import pytest

# Tests import `tests.benchmarks`; at the end of the path, so that an installed netstat is the one under test.
sys.path.append(str(Path(__file__).parents[1]))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") and not cuda_is_there():
        pytest.skip("torch finds no CUDA device here")


def cuda_is_there() -> bool:
    import torch

    return torch.cuda.is_available()
