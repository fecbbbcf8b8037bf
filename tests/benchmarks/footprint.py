"""Memory that naming a large model adds to a process in which only its library is imported. Linux, as memory.py.

Run as a program, it prints the figures of one case as JSON.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.memory import CLEAR_REFS, ROOT, resident
from tests.benchmarks.sampling import missing

# A decoder of 70 billion parameters; its inputs are a text of 128 tokens.
DECODER = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 8192,
    "num_hidden_layers": 80,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "intermediate_size": 28672,
    "vocab_size": 128256,
    "max_position_embeddings": 8192,
}
TOKENS = 128


class Case(NamedTuple):
    """What is imported besides torch before the figures are taken, and the call they are taken of."""

    library: str
    profile: Callable[[], Any]


def vit() -> Any:
    import netstat

    return netstat.profile("torchvision:vit_h_14")


def decoder() -> Any:
    import netstat

    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.json"
        config.write_text(json.dumps(DECODER), encoding="utf-8")
        return netstat.profile(f"hf:{config}", (TOKENS,))


def vgg() -> Any:
    import netstat

    return netstat.profile("torchvision:vgg16", batch=4096)


CASES = {
    "ViT-H/14, by its name": Case("torchvision", vit),
    "a decoder of 70 billion parameters, from its configuration": Case(
        "transformers.models.llama.modeling_llama", decoder
    ),
    "VGG-16 at batch 4096, by its name": Case("torchvision", vgg),
}


def of_this_process(name: str) -> dict[str, Any]:
    """Bytes with torch, with the library as well, and at the peak from there on; parameters and macs."""
    library, profile = CASES[name]
    import_module("torch")
    with_torch = resident("VmRSS")
    import_module(library)
    CLEAR_REFS.write_text("5")
    before = resident("VmRSS")
    totals = profile().totals
    figures = {"params": totals.params, "macs": totals.macs, "torch": with_torch, "before": before}
    return {"name": name, "library": library, **figures, "peak": resident("VmHWM"), "after": resident("VmRSS")}


def measure(name: str) -> dict[str, Any]:
    """The figures of a fresh process, or a row that says why there are none."""
    command = [sys.executable, "-m", "tests.benchmarks.footprint", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return {**missing(name, RuntimeError()), "error": reason, "library": CASES[name].library}
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    print(json.dumps(of_this_process(sys.argv[1])))  # noqa: T201
