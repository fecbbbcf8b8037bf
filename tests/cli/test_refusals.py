"""What cannot be is refused in one line that says what, why and what to do, before anything is shown or written."""

import json
import os
import re
import tracemalloc
from pathlib import Path

import pytest

from netstat.cli import main
from netstat.cli._arguments import COMMANDS
from tests.cli.runs import Refused, Run

FAST = ("profile", "alexnet", "--fast")
BUILT_IN = [
    "alexnet", "alexnet-paper", "alexnet-bvlc", "alexnet-d2l", "lenet", "vgg11", "vgg13", "vgg16", "vgg19", "vgg11_bn",
    "vgg13_bn", "vgg16_bn", "vgg19_bn",
]  # fmt: skip


@pytest.mark.parametrize(
    "shape", ["3x0x224", "3x-1x224", "abc", "", "3x²x3", "3x+-3x3", "3xx3", "3x1.5x3", "3x1e400x3"]
)
def test_a_size_that_is_no_positive_whole_number(refused: Refused, shape: str) -> None:
    said = refused(*FAST, "-i", shape)
    assert said == f"input shape '{shape}' needs positive whole sizes, such as 3x224x224"


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ("0", "--batch must be 1 or more, got 0"),
        ("-3", "--batch must be 1 or more, got -3"),
        ("1.5", "'1.5' is not a whole number; write for example 128, 70M or 1.5G"),
        ("many", "'many' is not a whole number; write for example 128, 70M or 1.5G"),
        ("nan", "'nan' is not a whole number; write for example 128, 70M or 1.5G"),
    ],
)
def test_a_batch_that_is_no_positive_whole_number(refused: Refused, batch: str, message: str) -> None:
    assert refused(*FAST, "-b", batch) == message


@pytest.mark.parametrize("option", ["--depth", "--threads"])
@pytest.mark.parametrize("number", ["0", "-1"])
def test_a_number_that_is_too_small_for_its_option(refused: Refused, option: str, number: str) -> None:
    assert refused(*FAST, option, number) == f"{option} must be 1 or more, got {number}"
    assert refused("profile", "alexnet", option, number) == f"{option} must be 1 or more, got {number}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--columns", "path,macz"], "unknown column 'macz'; did you mean macs?"),
        (["--sort", "prams"], "unknown column 'prams'; did you mean params"),
        (["--as", "document"], "unknown convention 'document'; did you mean documents?"),
        (["--as", "THOP"], "unknown convention 'THOP'; did you mean thop"),
        (["--against", "thop,thpo"], "unknown peer 'thpo'; did you mean thop"),
        (["--device", "cpu,kuda"], "unknown device 'kuda'; did you mean cuda?"),
        (
            ["-o", "a.json", "-o", "b.docx"],
            "cannot write 'b.docx': the suffix must be one of .csv, .html, .ipynb,",
        ),
        (["-o", "noext"], "cannot write 'noext': the suffix must be one of .csv, .html, .ipynb,"),
    ],
)
@pytest.mark.parametrize("parts", [["--fast"], []], ids=["fast", "whole job"])
def test_a_name_that_is_not_known(refused: Refused, options: list[str], message: str, parts: list[str]) -> None:
    assert refused("profile", "alexnet", *parts, *options).startswith(message)


def test_a_dtype_that_is_not_known_or_not_floating_point(refused: Refused) -> None:
    assert refused(*FAST, "--dtype", "fp7").startswith("unknown dtype 'fp7'; known: float64, float32")
    assert refused(*FAST, "--dtype", "int64") == (
        "dtype 'int64' is not a floating-point one; an input can have its own: 2x16:int64"
    )


def test_a_time_limit_is_a_whole_number_of_seconds(refused: Refused) -> None:
    assert refused("crosscheck", "alexnet", "--time-limit", "0") == "--time-limit must be 1 or more, got 0"


@pytest.mark.parametrize("option", ["--columns", "--against", "--device"])
def test_a_list_of_names_without_a_name(refused: Refused, option: str) -> None:
    assert refused(*FAST, option, " ,") == f"{option} names nothing; write for example {option} a,b"


def test_names_are_checked_by_every_command_that_takes_them(refused: Refused) -> None:
    assert refused("crosscheck", "alexnet", "--against", "tops").startswith("unknown peer 'tops'; did you mean thop")
    assert refused("benchmark", "alexnet", "--device", "gpu").startswith("unknown device 'gpu'; did you mean cpu")
    assert refused("list", "model") == (
        "cannot list 'model'; there is models, operators, peers, conventions, reports, charts, devices"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--memory-format", "nhwc"), "no memory format 'nhwc'; there is contiguous, channels_last"),
        (("--mode", "fast"), "no mode 'fast'; there is eager, compile, cuda-graph"),
        (("--threads", "1,0"), "--threads must be 1 or more, got 0"),
        (("-b", "1,0"), "--batch must be 1 or more, got 0"),
        (("-b", ","), "--batch names nothing; write for example --batch a,b"),
        (("--mode", "cuda-graph", "--device", "cpu"), "a CUDA graph needs a CUDA device; cpu is none"),
        (("--quick", "--rigorous"), "--quick and --rigorous exclude each other; leave one of them out"),
    ],
)
def test_ways_to_run_a_model_that_there_are_not(refused: Refused, options: tuple[str, ...], message: str) -> None:
    assert refused("benchmark", "lenet", *options) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--train", "--optimizer", "sgd-momentm"], "unknown optimizer 'sgd-momentm'; did you mean sgd-momentum"),
        (["--train", "--loss", "crossentropy"], "unknown loss 'crossentropy'; did you mean cross-entropy"),
        (["--train", "--epochs", "10"], "a forecast needs both: epochs without images; write for example epochs=10,"),
        (["--train", "--images", "10k"], "a forecast needs both: images without epochs; write for example epochs=10,"),
        (["--train", "--epochs", "0", "--images", "5"], "--epochs must be 1 or more, got 0"),
        (["--train", "--epochs", "1.5", "--images", "5"], "'1.5' is not a whole number"),
        (["--train", "-b", "1,2"], "a training step is timed at one batch at a time; name one"),
        (["--train", "--cold"], "--cold is of a forward pass"),
        (["--train", "--mode", "compile"], "a training step is timed contiguous and eager; leave out"),
        (["--train", "--memory-format", "channels_last"], "a training step is timed contiguous and eager; leave out"),
        (["--optimizer", "adam"], "optimizer, loss, epochs and images are of a training step; add --train"),
        (["--epochs", "1", "--images", "5"], "optimizer, loss, epochs and images are of a training step; add --train"),
    ],
)
def test_a_training_step_that_could_not_be(refused: Refused, options: list[str], message: str) -> None:
    assert refused("benchmark", "alexnet", *options).startswith(message)


def test_a_dtype_in_which_nothing_is_measured_is_refused_where_something_is_to_be(
    refused: Refused, netstat: Run
) -> None:
    message = "a benchmark runs in float32, fp32, tf32, bfloat16, bf16, float16, fp16; not in 'fp64'"
    assert refused("benchmark", "alexnet", "--dtype", "fp64") == message
    assert refused("profile", "alexnet", "--dtype", "fp64") == message
    assert netstat("profile", "alexnet", "--dtype", "fp64", "--fast").code == 0


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ("1x28x28", "layer 'features.0': needs 3 input channels, got 1; the model is made for 3×224×224"),
        ("224x224", "layer 'features.0': needs 3 sizes besides the batch, such as 3×224×224, got 224×224"),
        ("1x3x224x224", "layer 'features.0': needs 3 sizes besides the batch, such as 3×224×224, got 1×3×224×224"),
        (
            "3x28x28",
            "layer 'features.5': needs an input size of at least 3, got 2 (window of 3, padding 0+0); "
            "3×63×63 is the smallest square input that works",
        ),
    ],
)
@pytest.mark.parametrize("batch", ["1", "3"])
def test_an_input_that_does_not_fit_names_the_layer_what_it_got_and_what_it_needs(
    refused: Refused, shape: str, message: str, batch: str
) -> None:
    assert refused(*FAST, "-i", shape, "-b", batch, code=3) == message


@pytest.mark.parametrize("model", BUILT_IN)
def test_an_input_too_small_names_the_layer_and_a_size_that_works(refused: Refused, netstat: Run, model: str) -> None:
    channels = "1" if model in ("lenet", "alexnet-d2l") else "3"
    said = refused("profile", model, "--fast", "-i", f"{channels}x1x1", code=3)
    named = re.fullmatch(r"layer '[\w.]+': .*; (?:the model is made for )?([\d×]+)(?: is the smallest .*)?", said)
    assert named, said
    assert netstat("profile", model, "--fast", "-i", named[1]).code == 0
    if "smallest" in said:
        side = int(named[1].rpartition("×")[2]) - 1
        refused("profile", model, "--fast", "-i", f"{channels}x{side}x{side}", code=3)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (["3x224x224", "3x224x224"], "model 'alexnet' takes one input, called 'input'; got one without a name, one"),
        (["mask=3x224x224"], "model 'alexnet' takes one input, called 'input'; got mask"),
        (["3x224x224:int64"], "model 'alexnet' takes a floating-point input, got int64"),
        (["3x224x224:float"], "unknown dtype 'float'; known: float64"),
        (["2nd=3x224x224"], "'2nd' is no name for an input; write for example mask=2x16:int64"),
    ],
)
def test_an_input_the_model_does_not_have(refused: Refused, shapes: list[str], message: str) -> None:
    assert refused(*FAST, *(word for shape in shapes for word in ("-i", shape))).startswith(message)


def test_huge_sizes_are_counted_exactly_and_allocate_nothing(netstat: Run) -> None:
    side = batch = 10**9
    tracemalloc.start()
    ended = netstat(*FAST, "-i", f"3x{side}x{side}", "-b", "1G", "--json")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    first = json.loads(ended.out)["layers"][0]
    out = (side + 2 * 2 - 11) // 4 + 1
    assert first["output_shapes"] == [[batch, 64, out, out]]
    assert first["macs"] == batch * 64 * out**2 * 3 * 11**2
    assert peak < 20e6


def test_huge_sizes_fit_the_table(netstat: Run) -> None:
    lines = netstat(*FAST, "-i", "3x1Gx1G", "-b", "1G").out.splitlines()
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize(
    "model",
    ["alexnet(num_classes=10", "alexnet(10)", "alexnet(num_classes=zip)", "alexnet(**{})", "alexnet(a=1)b", "lenet)("],
)
def test_options_of_a_model_that_are_not_written_as_options(refused: Refused, model: str) -> None:
    assert refused("profile", model, "--fast").endswith("options are written as in alexnet(num_classes=10)") or (
        model.startswith("lenet") and "options are written as in lenet)(num_classes=10)"
    )


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("alexnet(classes=10)", "model 'alexnet' has no option 'classes'; it has num_classes"),
        ("vgg16(num_classes=0)", "model 'vgg16': num_classes must be a positive whole number, got 0"),
        ("vgg16(num_classes=-5)", "model 'vgg16': num_classes must be a positive whole number, got -5"),
        ("lenet(num_classes='a')", "model 'lenet': num_classes must be a positive whole number, got 'a'"),
        ("lenet(num_classes=True)", "model 'lenet': num_classes must be a positive whole number, got True"),
    ],
)
def test_options_that_a_model_does_not_have_or_take(refused: Refused, model: str, message: str) -> None:
    assert refused("profile", model, "--fast") == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["profil", "alexnet"], "unknown command 'profil'; did you mean profile?"),
        (["alexnet"], "unknown command 'alexnet'; there is profile, "),
        (["profile", "alexnet", "--colour"], "profile does not take '--colour'; see netstat profile --help"),
        (["profile", "alexnet", "lenet"], "profile does not take 'lenet'; see netstat profile --help"),
        (["profile"], "the following arguments are required: MODEL; see netstat profile --help"),
        (
            ["compare"],
            "name models to compare, or stacks: netstat compare --stack 'conv3x3-256 x3' --stack conv7x7-256",
        ),
        (["profile", "alexnet", "-i"], "argument -i/--input: expected one argument; see netstat profile --help"),
        (["--colour"], "netstat does not take '--colour'; see netstat --help"),
    ],
)
def test_a_command_line_that_is_none(refused: Refused, arguments: list[str], message: str) -> None:
    assert refused(*arguments).startswith(message)


def test_no_arguments_show_the_help(netstat: Run) -> None:
    ended = netstat()
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("usage: netstat ")
    assert all(command in ended.out for command in ("profile", "crosscheck", "benchmark", "compare", "list", "stat"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_of_120_columns_that_says_what_runs_code(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    out, err = capsys.readouterr()
    assert (out.startswith(f"usage: netstat {command}"), err) == (True, "")
    assert [line for line in out.splitlines() if len(line) > 120] == []
    assert command == "completion" or "these two run that code" in out


def test_an_output_without_a_folder(refused: Refused) -> None:
    assert refused(*FAST, "-o", "none/a.json") == "cannot write 'none/a.json': there is no folder 'none'"


def test_an_output_that_is_a_folder(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    assert refused(*FAST, "-o", "a.json") == "cannot write 'a.json': it is a folder"


def test_an_output_whose_name_is_too_long(refused: Refused) -> None:
    assert refused(*FAST, "-o", f"{'a' * 300}.json").endswith("': File name too long")


def test_an_output_below_a_file(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert refused(*FAST, "-o", "file/a.json") == "cannot write 'file/a.json': there is no folder 'file'"
    assert refused(*FAST, "--charts", "file").endswith("file' is no folder that can be written to")
    assert refused(*FAST, "--charts", "file/charts").endswith("file' is no folder that can be written to")


def test_an_output_nobody_may_write(refused: Refused, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere")
    assert refused(*FAST, "-o", "locked/a.json") == "cannot write 'locked/a.json': permission denied"
    assert refused(*FAST, "--charts", "locked/charts").endswith("locked' is no folder that can be written to")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no file system that takes no files")
def test_a_file_system_that_takes_no_files(netstat: Run) -> None:
    ended = netstat(*FAST, "-o", "/proc/a.json", "-q")
    assert ended.code == 2
    assert ended.err.startswith("netstat: cannot write '/proc/a.json': ")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("name", ["a.json", "a.csv", "a.md", "a.tex", "a.png", "a.svg"])
def test_a_file_of_somebody_else_is_replaced_only_by_force(
    refused: Refused, netstat: Run, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("mine")
    message = f"'{name}' exists and netstat did not write it; use --force to replace it"
    assert refused("profile", "lenet", "--fast", "-o", name) == message
    assert netstat("profile", "lenet", "--fast", "-o", name, "--force").code == 0
    assert netstat("profile", "lenet", "--fast", "-o", name).code == 0
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_one_bad_output_among_good_ones_keeps_all_from_being_written(refused: Refused) -> None:
    refused(*FAST, "-o", "a.json", "-o", "none/b.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "Expecting property name"),
        ("", "Expecting value"),
        ("[]", "[] is not an object"),
        ('{"kind": "profile"}', "schema None, this netstat reads schema 1"),
        ('{"schema": 2, "kind": "profile"}', "schema 2, this netstat reads schema 1"),
        (
            '{"schema": 1, "kind": "novel"}',
            "kind 'novel' is none of profile, crosscheck, benchmark, ceilings, comparison, published, ",
        ),
        ('{"schema": 1, "kind": ["profile"]}', "kind ['profile'] is none of"),
        ('{"schema": 1, "kind": "profile"}', "no key 'model' for Profile"),
        ('{"schema": 1, "kind": "comparison", "models": [3]}', "3 is not an object"),
        ('{"schema": 1, "kind": "comparison", "models": NaN}', "NaN is no finite number"),
        ("[" * 100_000, "maximum recursion depth exceeded"),
        ("\udc80", "'utf-8' codec can't decode byte 0x80"),
    ],
)
@pytest.mark.parametrize("command", [["profile"], ["compare", "lenet"]], ids=["profile", "compare"])
def test_a_saved_result_that_is_none(
    refused: Refused, tmp_path: Path, content: str, message: str, command: list[str]
) -> None:
    (tmp_path / "bad.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    said = refused(*command, "bad.json", code=3)
    assert said.startswith(f"'bad.json' is not a result saved by netstat: {message}")


def test_a_saved_result_that_is_not_there(refused: Refused) -> None:
    assert refused("profile", "none.json", code=3) == "cannot read 'none.json': No such file or directory"


def test_a_saved_result_of_another_kind(refused: Refused, netstat: Run) -> None:
    netstat("compare", "lenet", "alexnet", "-o", "two.json")
    assert refused("profile", "two.json") == "'two.json' holds a comparison, not a profile"
    assert refused("compare", "two.json") == "'two.json' holds a comparison, neither a profile nor a benchmark"


@pytest.mark.parametrize(
    "options", [["-b", "4"], ["-i", "3x64x64"], ["--as", "macs"], ["--depth", "1"], ["--train"], ["--dtype", "bf16"]]
)
def test_a_saved_result_is_not_counted_anew(refused: Refused, netstat: Run, options: list[str]) -> None:
    netstat(*FAST, "-o", "saved.json")
    assert refused("profile", "saved.json", *options) == (
        "'saved.json' is a saved result and stays as it was counted; name the model to count it anew"
    )


@pytest.mark.parametrize("command", ["crosscheck", "benchmark"])
def test_a_saved_result_where_a_model_is_needed(refused: Refused, command: str) -> None:
    message = "'saved.json' is a saved result, which only profile and compare read; give the model itself"
    assert refused(command, "saved.json") == message


@pytest.mark.torch
@pytest.mark.parametrize("name", ["net.onnx", "net.pt2", "net.pt", "net.pth", "net.bin", "net.safetensors", "a (1).pt"])
def test_a_file_that_is_not_there(refused: Refused, name: str) -> None:
    assert refused("profile", name, code=3) == f"cannot read '{name}': there is no such file"


def test_a_python_file_without_a_factory(refused: Refused) -> None:
    assert refused("profile", "net.py") == (
        "'net.py' is a file; name the class or function in it that makes the model: net.py:NAME"
    )


def test_what_a_name_may_not_do_to_a_terminal_it_does_not(refused: Refused) -> None:
    assert "\x1b" not in refused("list", "\x1b[31m\nmodels")
