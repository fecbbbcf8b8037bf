"""The pure tier is pure: it passes where torch and the other counters cannot be imported."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE = "not torch and not peers and not charts and not browser and not slow and not gpu"
BLOCKED = ("torch", "torchvision", "thop", "fvcore", "ptflops", "torchinfo")
RUN = f"""
import sys
sys.modules.update(dict.fromkeys({BLOCKED}))
import pytest
sys.exit(pytest.main(["-p", "no:cacheprovider", "-m", {PURE!r}]))
"""


@pytest.mark.slow
def test_the_pure_tier_passes_without_torch() -> None:
    done = subprocess.run([sys.executable, "-c", RUN], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
