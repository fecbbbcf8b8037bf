"""`--freeze` and `--train-only` as a person types them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from netstat.records import load
from netstat.records.memory import Memory
from netstat.records.profile import Profile
from tests.cli.runs import Refused, Run

S8 = ("profile", "alexnet-bvlc", "--train-only", "classifier.6", "--fast")


def test_the_table_splits_trained_and_frozen_parameters(netstat: Run) -> None:
    ended = netstat(*S8)
    assert ended.code == 0
    assert "60,965,224 (60.97 M): 4,097,000 trainable, 56,868,224 frozen" in ended.out
    assert "fine-tuning · alexnet-bvlc · train only classifier.6" in ended.out
    rows = {line.split("  ")[0]: line for line in ended.out.partition("fine-tuning")[2].splitlines()}
    assert rows["gradients of parameters"].split()[3:7] == ["232.56", "MiB", "15.63", "MiB"]
    assert rows["backward MACs"].split()[2:5] == ["1,343,398,432", "4,096,000", "1,339,302,432"]
    assert rows["backward FLOPs"].split()[2:5] == ["2,686,796,864", "8,192,000", "2,678,604,864"]


def test_a_built_in_model_needs_no_torch_for_it() -> None:
    code = (
        f"import sys; from netstat.cli import main; code = main({S8!r}); "
        "assert not {'torch', 'numpy', 'matplotlib'} & set(sys.modules); sys.exit(code)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_every_format_has_it_and_a_saved_result_shows_it_again(netstat: Run, tmp_path: Path) -> None:
    shown = netstat(*S8, "-o", "a.json", "-o", "a.md", "-o", "a.csv", "-q").out
    assert netstat("profile", "a.json", "--fast").out == shown
    record = load(str(tmp_path / "a.json"))
    assert isinstance(record, Profile)
    assert record.freezing is not None
    assert record.freezing.train_only == ("classifier.6",)
    assert json.loads((tmp_path / "a.json").read_text())["freezing"]["after"]["backward_macs"] == 4_096_000
    text = (tmp_path / "a.md").read_text()
    assert "### fine-tuning" in text
    assert "| gradients of parameters | 232.56 MiB | 15.63 MiB |" in text
    head, *lines = (tmp_path / "a.csv").read_text().splitlines()
    at = head.split(",").index("trainable_params")
    assert [line.split(",")[at] for line in lines if line.split(",")[at] != "0"] == ["4097000"]


def test_a_result_in_which_nobody_asked_for_it_has_no_such_key(netstat: Run, tmp_path: Path) -> None:
    assert netstat("profile", "lenet", "--fast", "-o", "a.json", "-q").code == 0
    assert "freezing" not in json.loads((tmp_path / "a.json").read_text())
    record = load(str(tmp_path / "a.json"))
    assert isinstance(record, Profile)
    assert record.freezing is None


@pytest.mark.torch
def test_memory_predicts_the_step_that_is_left(netstat: Run, tmp_path: Path) -> None:
    ended = netstat("memory", "lenet", "-b", "4", "--freeze", "0", "--freeze", "3", "--fit", "1M", "-o", "m.json", "-q")
    assert "fine-tuning · lenet · freeze 0, 3" in ended.out
    record = load(str(tmp_path / "m.json"))
    assert isinstance(record, Memory)
    assert record.freezing is not None
    assert record.freezing.after.optimizer_bytes == 4 * (61_706 - 156 - 2_416)
    assert record.freezing.after.peak_bytes == record.training_peak_bytes
    netstat("memory", "lenet", "-b", "4", "--fit", "1M", "-o", "whole.json", "-q")
    whole = load(str(tmp_path / "whole.json"))
    assert isinstance(whole, Memory)
    assert whole.freezing is None
    assert record.freezing.before.peak_bytes == whole.training_peak_bytes
    assert (record.fits or ())[1].batch > (whole.fits or ())[1].batch


@pytest.mark.torch
def test_a_training_step_is_timed_with_them_frozen(netstat: Run) -> None:
    ended = netstat(
        "benchmark", "lenet", "--train", "--train-only", "11", "--quick", "--no-roofline", "--device", "cpu", "--json"
    )
    assert ended.code == 0, ended.err
    (step,) = json.loads(ended.out)["training"]
    assert (step["trainable_params"], step["frozen_params"]) == (850, 60_856)
    assert step["backward_macs"] == step["freezing"]["after"]["backward_macs"] == 84 * 10
    assert [layer["path"] for layer in step["layers"]] == ["11"]


@pytest.mark.torch
def test_a_forecast_of_a_training_step_leaves_out_what_is_frozen(netstat: Run) -> None:
    def backward(*patterns: str) -> float:
        ended = netstat("forecast", "alexnet", "--device", "h100", "--train", "--json", *patterns)
        assert ended.code == 0, ended.err
        return float(json.loads(ended.out)["forecasts"][0]["backward_seconds"])

    assert backward("--train-only", "classifier.6") < backward("--freeze", "features") < backward()


@pytest.mark.parametrize("option", ["--freeze", "--train-only"])
@pytest.mark.parametrize(
    "command",
    [
        ("profile", "alexnet-bvlc", "--fast"),
        ("memory", "alexnet-bvlc"),
        ("benchmark", "alexnet-bvlc", "--train", "--device", "cpu"),
        ("forecast", "alexnet-bvlc", "--train", "--device", "h100"),
    ],
)
@pytest.mark.torch
def test_a_pattern_that_matches_nothing(refused: Refused, command: tuple[str, ...], option: str) -> None:
    assert refused(*command, option, "classifer.6").startswith(
        "unknown module or parameter 'classifer.6'; did you mean classifier.6"
    )
    assert refused(*command, option, "fc8") == (
        "unknown module or parameter 'fc8'; parameters are in features.0, features.5, features.10, features.13, "
        "features.16, classifier.0, classifier.3, classifier.6"
    )


@pytest.mark.parametrize(
    "command",
    [
        ("memory", "lenet"),
        ("benchmark", "lenet", "--train", "--device", "cpu"),
        ("forecast", "lenet", "--train", "--device", "h100"),
    ],
)
@pytest.mark.torch
def test_a_training_step_without_anything_to_train(refused: Refused, command: tuple[str, ...]) -> None:
    said = "nothing is left to train: every parameter is frozen; freeze less, or name what trains"
    assert refused(*command, "--freeze", "*") == said
    assert refused(*command, "--train-only", "0", "--freeze", "Conv2d") == said


@pytest.mark.parametrize(
    "command",
    [
        ("benchmark", "lenet"),
        ("memory", "lenet", "--no-training"),
        ("forecast", "lenet", "--device", "h100"),
    ],
)
def test_patterns_where_nothing_is_trained(refused: Refused, command: tuple[str, ...]) -> None:
    said = refused(*command, "--freeze", "0")
    assert said == "freeze and train-only choose what a training step trains; ask for one, or leave them out"


def test_a_profile_may_freeze_everything(netstat: Run) -> None:
    ended = netstat("profile", "lenet", "--fast", "--freeze", "*")
    assert ended.code == 0
    assert "61,706 (61.71 k): 0 trainable, 61,706 frozen" in ended.out
    assert "no gradient reaches any layer" in ended.out


def test_a_saved_result_stays_as_it_was_counted(netstat: Run, refused: Refused, tmp_path: Path) -> None:
    netstat("profile", "lenet", "--fast", "-o", "a.json", "-q")
    said = refused("profile", "a.json", "--freeze", "0")
    assert said == "'a.json' is a saved result and stays as it was counted; name the model to count it anew"
