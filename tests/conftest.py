"""What holds for every test: the pure tier never sees torch, and a GPU test without a GPU is skipped and says why."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Tests import `tests.benchmarks`; at the end of the path, so that an installed netstat is the one under test.
sys.path.append(str(Path(__file__).parents[1]))
NEEDS_TORCH = re.compile(r"^pytestmark = .*\bpytest\.mark\.torch\b", re.MULTILINE)


@pytest.fixture(scope="session", autouse=True)
def _own_ceilings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests neither read nor replace what the user's machine is known for."""
    os.environ["NETSTAT_CEILINGS"] = str(tmp_path_factory.mktemp("ceilings"))
    yield
    del os.environ["NETSTAT_CEILINGS"]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file that needs torch as a whole is not even imported where `-m` leaves the torch tests out."""
    left_out = "not torch" in config.option.markexpr
    if left_out and collection_path.suffix == ".py" and NEEDS_TORCH.search(collection_path.read_text(encoding="utf-8")):
        return True
    return None


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") and not cuda_is_there():
        pytest.skip("torch finds no CUDA device here")


def cuda_is_there() -> bool:
    import torch

    return torch.cuda.is_available()
