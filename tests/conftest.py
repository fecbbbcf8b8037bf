"""What holds for every test: the pure tier never sees torch, and a GPU test without a GPU is skipped and says why."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

with suppress(ImportError):  # the machine with a GPU may lack it, and has no law to test
    from hypothesis import settings

    settings.register_profile("quick", max_examples=20)
    settings.register_profile("thorough", max_examples=100)
    settings.load_profile("thorough" if os.environ.get("NETSTAT_THOROUGH") else "quick")

# Tests import `tests.benchmarks`; at the end of the path, so that an installed netstat is the one under test.
sys.path.append(str(Path(__file__).parents[1]))
FOR_GPU = re.compile(r"\bpytest\.mark\.gpu\b")
NEEDS_TORCH = re.compile(r"^pytestmark = .*\bpytest\.mark\.torch\b", re.MULTILINE)


@pytest.fixture(scope="session", autouse=True)
def _surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests neither read nor replace what the user's machine is known for, and see a terminal of 120 columns.

    COLUMNS is set for processes they start as well: readline, once a library loads it, leaves them another one.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NETSTAT_CEILINGS", str(tmp_path_factory.mktemp("ceilings")))
        patch.setenv("COLUMNS", "120")
        yield


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file that needs torch as a whole is not even imported where `-m` leaves the torch tests out.

    Nor is one without a GPU test where `-m gpu` asks for those alone: a machine with a GPU may lack what others need.
    """
    marks = config.option.markexpr
    if collection_path.suffix != ".py" or not ("not torch" in marks or marks == "gpu"):
        return None
    text = collection_path.read_text(encoding="utf-8")
    left_out = NEEDS_TORCH.search(text) if "not torch" in marks else not FOR_GPU.search(text)
    return True if left_out else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") and not cuda_is_there():
        pytest.skip("torch finds no CUDA device here")


def cuda_is_there() -> bool:
    import torch

    return torch.cuda.is_available()
