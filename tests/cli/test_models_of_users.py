"""Models the user names: torchvision's, and those of modules and files, whose code runs because it was named."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from netstat import load
from netstat.errors import ModelError
from tests.cli.runs import Refused, Run

pytestmark = pytest.mark.torch

MODELS = """
import sys

import torch
from torch import nn

print_later = None
calls = []


class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.layer = nn.Linear(16, width)

    def forward(self, x, mask=None):
        y = self.layer(x)
        return y if mask is None else y * mask


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 4)

    def forward(self, ids, table):
        return self.layer(table.index_select(0, ids.flatten()))


class Refuses(nn.Module):
    def forward(self, x):
        raise ValueError("not today\\nnor tomorrow")


class Odd(Net):
    @property
    def default_cfg(self):
        raise KeyError("of its own")


def images():
    return nn.Sequential(nn.Conv2d(3, 8, 7, stride=2), nn.ReLU(), nn.MaxPool2d(3, 2))


def with_args():
    return Net(), (torch.zeros(2, 16),)


def with_one_tensor():
    return Net(), torch.zeros(2, 16)


def with_kwargs():
    return Net(), [torch.zeros(2, 16)], {"mask": torch.zeros(2, 8)}


def with_kwargs_alone():
    return Net(), None, {"x": torch.zeros(2, 16)}


def reads_values():
    return nn.Linear(16, int(torch.ones(8).sum().item()))


def imports_late():
    from beside import Beside

    return Beside()


def raises():
    raise RuntimeError("no\\nmodel")


def stops():
    sys.exit(3)


def interrupts():
    raise KeyboardInterrupt


def four():
    return 1, 2, 3, 4


def wrong_kwargs():
    return Net(), (), [1]


def needs(width):
    return Net(width)


def nothing():
    return None


instance = Net()
number = 3
"""


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, netstat: Run) -> Iterator[None]:
    (tmp_path / "nets.py").write_text(MODELS)
    (tmp_path / "beside.py").write_text("from nets import Net\nclass Beside(Net): pass\n")
    (tmp_path / "broken.py").write_text("def net(:\n")
    (tmp_path / "stops.py").write_text("raise SystemExit(7)\n")
    (tmp_path / "lacks.py").write_text("import a_module_nobody_has\n")
    yield
    for name in ("nets", "beside"):
        sys.modules.pop(name, None)


def totals(netstat: Run, model: str, *options: str) -> dict[str, Any]:
    """Parameters, MACs, inputs of a profile."""
    ended = netstat("profile", model, "--fast", "--json", *options)
    assert (ended.code, ended.err) == (0, "")
    profile = json.loads(ended.out)
    inputs = {tensor["name"]: (tensor["shape"], tensor["dtype"]) for tensor in profile["inputs"]}
    return {"macs": profile["totals"]["macs"], "params": profile["totals"]["params"], "inputs": inputs}


@pytest.mark.parametrize(
    "model", ["nets.py:Net", "./nets.py:Net", "nets:Net", "nets.py:Net(width=8)", "nets.py:instance"]
)
def test_a_class_a_function_or_a_module_of_a_file_or_a_package(netstat: Run, model: str) -> None:
    found = totals(netstat, model, "-i", "16", "-b", "2")
    assert found == {"macs": 2 * 16 * 8, "params": 16 * 8 + 8, "inputs": {"input": ([2, 16], "float32")}}


def test_options_reach_the_factory(netstat: Run) -> None:
    assert totals(netstat, "nets.py:Net(width=3)", "-i", "16")["macs"] == 16 * 3
    assert totals(netstat, "nets.py:needs(width=5)", "-i", "16")["macs"] == 16 * 5
    shown = netstat("profile", "nets.py:Net(width=3)", "--fast", "-i", "16").out
    assert shown.startswith("Net(width=3) · input 1×16 float32")


@pytest.mark.parametrize("factory", ["with_args", "with_one_tensor", "with_kwargs", "with_kwargs_alone"])
def test_a_factory_can_bring_the_inputs(netstat: Run, factory: str) -> None:
    found = totals(netstat, f"nets.py:{factory}")
    assert found["macs"] == 2 * 16 * 8
    assert next(iter(found["inputs"].values())) == ([2, 16], "float32")
    assert ("mask" in found["inputs"]) == (factory == "with_kwargs")


def test_shapes_that_were_given_win_over_a_factorys_inputs(netstat: Run) -> None:
    assert totals(netstat, "nets.py:with_args", "-i", "5x16")["inputs"] == {"input": ([1, 5, 16], "float32")}


def test_inputs_are_named_after_forwards_parameters(netstat: Run) -> None:
    for options in (["-i", "16", "-i", "8"], ["-i", "x=16", "-i", "mask=8"], ["-i", "mask=8", "-i", "x=16"]):
        inputs = totals(netstat, "nets.py:Net", *options)["inputs"]
        assert inputs == {"x": ([1, 16], "float32"), "mask": ([1, 8], "float32")}


def test_inputs_can_be_integers(netstat: Run) -> None:
    found = totals(netstat, "nets.py:Words", "-i", "ids=16:int64", "-i", "table=100x8", "-b", "1")
    assert found["inputs"] == {"ids": ([1, 16], "int64"), "table": ([1, 100, 8], "float32")}


def test_a_factory_that_reads_values_is_called_for_real(netstat: Run) -> None:
    assert totals(netstat, "nets.py:reads_values", "-i", "16")["macs"] == 16 * 8


def test_a_factory_can_import_what_lies_beside_it(netstat: Run) -> None:
    before = [*sys.path]
    assert totals(netstat, "nets.py:imports_late", "-i", "16")["macs"] == 16 * 8
    assert sys.path == before


@pytest.mark.slow
def test_a_package_is_looked_for_in_the_working_folder_however_the_program_was_started(tmp_path: Path) -> None:
    program = f"import sys; sys.path[:] = {[path for path in sys.path if path]}; from netstat.cli import main; main()"
    command = [sys.executable, "-c", program, "profile", "nets:Net", "--fast", "-i", "16"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stderr, "linear" in done.stdout) == ("", True)


@pytest.mark.parametrize(
    ("model", "code", "message"),
    [
        ("none.py:Net", 3, "cannot import 'none.py': there is no such file"),
        ("broken.py:net", 3, "cannot import 'broken.py': SyntaxError: invalid syntax (broken.py, line 1)"),
        ("stops.py:net", 3, "cannot import 'stops.py': SystemExit: 7"),
        ("lacks.py:net", 3, "cannot import 'lacks.py': ModuleNotFoundError: No module named 'a_module_nobody_has'"),
        ("a_module_nobody_has:net", 3, "cannot import 'a_module_nobody_has': ModuleNotFoundError: No module named"),
        (":net", 3, "cannot import '': ValueError: Empty module name"),
        ("nets.py:neds", 3, "unknown factory 'neds'; did you mean needs"),
        ("nets.py:zzz", 3, "unknown factory 'zzz'; 'nets.py' has no class or function of that name"),
        ("json:", 3, "unknown factory ''; 'json' has no class or function of that name"),
        ("nets.py:number", 3, "'number' in 'nets.py' is no class or function that makes a model, but int"),
        ("nets.py:raises", 3, "'raises' could not be built: RuntimeError: no"),
        ("nets.py:stops", 3, "'stops' could not be built: SystemExit: 3"),
        ("nets.py:nothing", 3, "'nothing' returned NoneType; it must return a model, (model, args) or (model, args,"),
        ("nets.py:four", 3, "'four' returned tuple; it must return a model"),
        ("nets.py:wrong_kwargs", 3, "'wrong_kwargs' returned Net, tuple, list; it must return a model"),
        (
            "nets.py:needs",
            2,
            "'needs': missing a required argument: 'width'; options are written as in needs(key=value)",
        ),
        ("nets.py:Net(height=3)", 2, "'Net': got an unexpected keyword argument 'height'; options are written as in"),
        ("nets.py:Net(width=-3)", 3, "'Net' could not be built: RuntimeError: "),
        ("nets.py:Net", 2, "the model's input shape is not known; give it, for example -i 3x224x224"),
    ],
)
def test_a_factory_that_makes_no_model(refused: Refused, model: str, code: int, message: str) -> None:
    assert refused("profile", model, "--fast", code=code).startswith(message)
    assert not {"broken", "stops", "lacks"} & sys.modules.keys()


@pytest.mark.parametrize(
    ("model", "shapes", "message"),
    [
        (
            "images",
            ["1x64x64"],
            "layer '0': needs 3 input channels, got 1; the whole input, batch included, is 1×1×64×64",
        ),
        ("images", ["64x64"], "layer '0': needs 3 input channels, got 1; the whole input, batch included, is 1×64×64"),
        ("Net", ["7"], "layer 'layer': needs 16 input features, got 7; the whole input, batch included, is 1×7"),
        (
            "Net",
            ["16", "mask=8", "hat=8"],
            "the model's forward raised TypeError: Net.forward() got an unexpected",
        ),
        ("Net", ["16", "8", "8"], "the model's forward raised TypeError: Net.forward() takes from 2 to 3 positional"),
        ("Refuses", ["16"], "the model's forward raised ValueError: not today"),
    ],
)
def test_an_input_that_does_not_fit_a_users_model(
    refused: Refused, model: str, shapes: list[str], message: str
) -> None:
    options = [word for shape in shapes for word in ("-i", shape)]
    assert refused("profile", f"nets.py:{model}", "--fast", *options, code=3).startswith(message)


def test_the_smallest_input_named_for_a_users_model_is_the_smallest(refused: Refused, netstat: Run) -> None:
    said = refused("profile", "nets.py:images", "--fast", "-i", "3x4x4", code=3)
    assert said == (
        "layer '0': needs an input size of at least 7, got 4 (window of 7, padding 0+0); "
        "3×11×11 is the smallest square input that works"
    )
    assert netstat("profile", "nets.py:images", "--fast", "-i", "3x11x11").code == 0
    assert "3×11×11" in refused("profile", "nets.py:images", "--fast", "-i", "3x10x10", code=3)


@pytest.mark.parametrize("model", ["nets.py:images", "vgg16-functional", "torchvision:alexnet"])
def test_an_input_torch_cannot_describe(refused: Refused, model: str) -> None:
    said = refused("profile", model, "--fast", "-i", "3x1Gx1G", "-b", "1G", code=3)
    assert said.startswith(
        "torch cannot describe an input of 1000000000×3×1000000000×1000000000, give smaller sizes (RuntimeError: "
    )
    said = refused("profile", model, "--fast", "-i", "3x64x64", "-b", "9" * 30, code=3)
    assert said.startswith(f"torch cannot describe an input of {'9' * 30}×3×64×64, give smaller sizes (")


def test_a_batch_that_would_fill_the_worlds_memory_is_counted_exactly(netstat: Run) -> None:
    assert totals(netstat, "nets.py:Net", "-i", "16", "-b", "1G")["macs"] == 10**9 * 16 * 8


@pytest.mark.parametrize(
    ("model", "near"), [("alexnt", "alexnet"), ("resnet5", "resnet50"), ("ResNet50", "resnet50"), ("VGG16", "vgg16")]
)
def test_an_unknown_model_is_answered_with_the_nearest_names(refused: Refused, model: str, near: str) -> None:
    said = refused("profile", model, "--fast")
    suggested = said.removeprefix(f"unknown model '{model}'; did you mean ").rstrip("?").split(" or ")
    assert suggested[0] == near
    assert len(set(suggested)) == len(suggested)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("zzzzzz", "unknown model 'zzzzzz'; netstat list models shows what there is"),
        ("", "unknown model ''; netstat list models shows what there is"),
        ("torchvision:resnet5", "unknown torchvision model 'resnet5'; did you mean resnet50"),
        ("torchvision:zzzzzz", "unknown torchvision model 'zzzzzz'; torchvision.models.list_models() names them all"),
        ("resnet18(weights='DEFAULT')", "netstat fetches no weights: they change no figure of a profile"),
    ],
)
def test_a_model_torchvision_does_not_have_or_make(refused: Refused, model: str, message: str) -> None:
    assert refused("profile", model, "--fast").startswith(message)


def test_every_command_answers_an_unknown_model_alike(refused: Refused) -> None:
    for command in ("profile", "crosscheck", "benchmark", "compare", "stat"):
        assert refused(command, "alexnt").startswith("unknown model 'alexnt'; did you mean alexnet")


def test_torchvisions_models_know_their_input_and_take_options(netstat: Run) -> None:
    named = totals(netstat, "torchvision:resnet18(num_classes=10)")
    assert named == totals(netstat, "resnet18(num_classes=10)", "-i", "3x224x224")
    assert named["inputs"] == {"input": ([1, 3, 224, 224], "float32")}


def test_training_mode_counts_batch_statistics_and_dropout(netstat: Run) -> None:
    def flops(*options: str) -> dict[str, int]:
        layers = json.loads(netstat("profile", "vgg11_bn", "--fast", "--json", *options).out)["layers"]
        return {
            op: sum(row["flops"] for row in layers if row["op"] == op) for op in ("batch_norm", "dropout", "conv2d")
        }

    evaluated, trained = flops(), flops("--train")
    assert evaluated["dropout"] == 0 < trained["dropout"]
    assert evaluated["batch_norm"] < trained["batch_norm"]
    assert evaluated["conv2d"] == trained["conv2d"]


def test_a_device_that_is_not_there(refused: Refused) -> None:
    for command in (["profile", "alexnet"], ["benchmark", "alexnet"]):
        said = refused(*command, "--device", "cuda:99")
        assert said.startswith(("no CUDA device: torch sees none; use --device cpu", "no device cuda:99: torch sees "))


def test_an_interrupted_run_says_so_and_leaves_nothing(refused: Refused) -> None:
    assert refused("profile", "nets.py:interrupts", "-o", "a.json", code=130) == "interrupted"


def test_what_nobody_foresaw_is_one_line_too_and_a_traceback_on_demand(refused: Refused, netstat: Run) -> None:
    said = refused("profile", "nets.py:Odd", "--fast", "-i", "16", code=3)
    assert said == "a fault of netstat's own: KeyError: 'of its own'; --debug shows where, please report it"
    with pytest.raises(KeyError):
        netstat("profile", "nets.py:Odd", "--fast", "-i", "16", "--debug")
    with pytest.raises(ModelError):
        netstat("profile", "nets.py:raises", "--fast", "--debug")


PRUNED = """
import torch
from torch import nn
from torch.nn.utils import prune

def pruned():
    model = nn.Sequential(nn.Linear(8, 4))
    prune.l1_unstructured(model[0], "weight", 12)
    return model, torch.empty(1, 8)
"""


def test_a_factory_of_a_pruned_model_is_counted_by_what_its_masks_keep(netstat: Run) -> None:
    Path("pruned.py").write_text(PRUNED)
    ended = netstat("profile", "pruned.py:pruned", "--fast", "--sparse", "-o", "p.json")
    assert ended.code == 0, ended.err
    assert "counted as if permanent" in ended.out
    totals = load("p.json").totals
    assert (totals.params, totals.macs, totals.flops) == (20 + 4, 20, 20 + 20)
    assert "counted as if permanent" in netstat("profile", "p.json").out
    assert netstat("profile", "p.json", "--sparse").code == 2
