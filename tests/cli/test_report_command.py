"""`netstat report` as a person runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from netstat.cli.report import file_name
from netstat.records import load
from netstat.records.report import Report
from tests.cli.runs import Refused, Run


def test_without_a_file_the_page_has_the_name_of_the_model_and_no_torch_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from netstat.cli import main; code = main(['report', 'alexnet', '--fast']); "
        "assert not {'torch', 'numpy', 'matplotlib'} & set(sys.modules); sys.exit(code)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "wrote alexnet.html" in ended.stderr
    assert (tmp_path / "alexnet.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("models", "name"),
    [
        (["alexnet"], "alexnet.html"),
        (["nets/my.py:Net"], "Net.html"),
        (["torchvision:vit_b_16", "vgg16"], "vit_b_16-vgg16.html"),
        (["results/one.json"], "one.html"),
        (["alexnet(num_classes=10)"], "alexnet-num_classes-10.html"),
        (["stack: ../.."], "report.html"),
    ],
)
def test_a_page_is_named_after_its_models(models: list[str], name: str) -> None:
    assert file_name(models) == name


def test_a_saved_report_makes_the_same_page_again_beside_others(netstat: Run, tmp_path: Path) -> None:
    saved, first, second = (str(tmp_path / name) for name in ("one.json", "one.html", "two.html"))
    netstat("report", "lenet", "--fast", "-q", "-o", saved, "-o", first)
    ended = netstat("report", saved, "-q", "-o", second)
    assert ended.code == 0
    assert Path(first).read_bytes() == Path(second).read_bytes()
    both = str(tmp_path / "both.json")
    netstat("report", saved, "alexnet", "--fast", "-q", "-o", both)
    record = load(both)
    assert isinstance(record, Report)
    assert [model.profile.model for model in record.models] == ["lenet", "alexnet"]
    assert [len(model.derivations) > 0 for model in record.models] == [True, True]


def test_a_saved_result_of_another_kind_gets_its_own_page(netstat: Run, tmp_path: Path) -> None:
    saved, page = tmp_path / "memory.json", tmp_path / "memory.html"
    netstat("memory", "lenet", "--no-training", "-q", "-o", str(saved))
    assert netstat("report", str(saved), "-q", "-o", str(page)).code == 0
    assert "predicted peak" in page.read_text(encoding="utf-8")


def test_what_a_report_cannot_be_made_of_is_refused(refused: Refused, netstat: Run, tmp_path: Path) -> None:
    saved = tmp_path / "memory.json"
    netstat("memory", "lenet", "--no-training", "-q", "-o", str(saved))
    assert "name at least one model" in refused("report")
    assert "a page of its own" in refused("report", str(saved), "lenet", "--fast", "--json")
    assert "stays as it was counted" in refused("report", str(saved), "-b", "2", "--json")


@pytest.mark.slow  # begins the processes that time a model
@pytest.mark.torch
def test_a_section_that_cannot_be_made_is_said_and_the_rest_is_there(netstat: Run, tmp_path: Path) -> None:
    model, saved = tmp_path / "net.py", tmp_path / "net.json"
    model.write_text(
        "import torch\n"
        "class Net(torch.nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.fc = torch.nn.Linear(4, 2)\n"
        "    def forward(self, x):\n"
        "        if self.fc.weight.device.type != 'meta':\n"
        "            raise RuntimeError('runs nowhere')\n"
        "        return self.fc(x)\n"
    )
    ended = netstat(
        "report", f"{model}:Net", "-i", "4", "--no-crosscheck", "--quick", "--no-roofline", "-o", str(saved)
    )
    assert ended.code == 0
    record = load(str(saved))
    assert isinstance(record, Report)
    assert [lack.section for lack in record.models[0].lacking] == ["time"]
    assert "runs nowhere" in ended.out
    assert record.models[0].profile.totals.params == 10
