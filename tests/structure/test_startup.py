"""What must be there at once loads nothing heavy: a subprocess looks at its own `sys.modules`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "torchvision", "numpy", "sympy", "matplotlib")
PROBE = """
import json, runpy, sys
program, *sys.argv[1:] = json.loads(sys.argv[1])
code = 0
try:
    exec(program)
except SystemExit as exit:
    code = exit.code
print()
print(json.dumps([code or 0, sorted(sys.modules)]))
"""
RUN_NETSTAT = "runpy.run_module('netstat', run_name='__main__')"


def modules_after(program: str, *arguments: str) -> set[str]:
    """Top-level modules that are loaded when `program` is over, which has to be without an error."""
    command = [sys.executable, "-c", PROBE, json.dumps([program, *arguments])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0, done.stdout + done.stderr
    return {name.partition(".")[0] for name in modules}


def test_import_netstat_loads_nothing_heavy() -> None:
    assert modules_after("import netstat").isdisjoint(HEAVY)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--help"],
        ["profile", "--help"],
        ["explain", "--help"],
        ["pipeline", "--help"],
        ["list"],
        ["completion", "bash"],
        ["badge", "alexnet"],
        ["activations", "--fast"],
        ["profile", "alexnet", "--fast"],
        ["profile", "vgg19_bn", "--fast", "--json"],
        ["profile", "alexnet", "--fast", "--columns", "path,macs", "--sort", "macs", "--batch", "4"],
        ["compare", "alexnet", "vgg16"],
        ["check", "--help"],
        ["check", "alexnet", "--max-params", "70M", "--max-macs", "features=1G", "--max-inference-peak-bytes", "1G"],
        ["compare", "--stack", "conv3x3-256 x3", "--stack", "dwconv3x3 + conv1x1-256"],
        ["crosscheck", "alexnet", "--published"],
        ["forecast", "alexnet", "--device", "h100,rtx-4090", "-b", "16"],
        ["forecast", "vgg16", "--device", "xeon-8480", "--dtype", "bf16", "--json"],
        ["formula", "alexnet"],
        ["formula", "vgg16", "--solve", "macs < 5G", "--at", "3x320x256", "--json"],
        ["scaling", "alexnet"],
        ["list", "devices"],
        ["crosscheck", "vgg16_bn", "--published", "--json"],
        ["profile", "vgg16", "--fast", "--fully-convolutional", "-i", "3x384x384"],
        ["views", "vgg16"],
        ["views", "--help"],
    ],
    ids=lambda arguments: " ".join(["netstat", *arguments]),
)
def test_a_command_that_needs_no_torch_loads_nothing_heavy(arguments: list[str]) -> None:
    assert modules_after(RUN_NETSTAT, *arguments).isdisjoint(HEAVY)


@pytest.mark.parametrize("arguments", [["alexnet"], ["vgg16", "features.0", "--json"]], ids=str)
def test_an_explanation_of_a_built_in_model_loads_sympy_alone(arguments: list[str]) -> None:
    assert modules_after(RUN_NETSTAT, "explain", *arguments) & set(HEAVY) == {"sympy"}


def test_the_probe_sees_what_a_program_loads() -> None:
    assert "numpy" not in modules_after("import json")
    assert {"numpy", "json"} <= modules_after("import numpy.linalg")
