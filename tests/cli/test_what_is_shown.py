"""What the program prints and writes, as far as that needs no torch."""

import csv
import importlib.metadata
import json
import os
import re
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from netstat import __version__
from netstat.cli import _session, main
from netstat.conventions import CONVENTIONS
from netstat.errors import UsageError
from tests.cli.runs import Run

FAST = ("profile", "alexnet", "--fast")
FORMATS = ["json", "csv", "md", "tex", *(pytest.param(image, marks=pytest.mark.charts) for image in ("png", "svg"))]
PROGRAM = [sys.executable, "-m", "netstat"]
MACS = 714_188_480  # of AlexNet


def rows_of(table: str, column: int = 0) -> list[str]:
    """One column of a layer table, without heading, rules and totals; columns are two spaces apart."""
    body = table.split("\n\n")[0].splitlines()
    rules = [i for i, line in enumerate(body) if set(line) <= set("- ") and line]
    return [re.split(r"\s{2,}", line)[column] for line in body[rules[0] + 1 : rules[1]]]


def document(netstat: Run, *options: str) -> dict[str, Any]:
    """What `--json` prints."""
    ended = netstat(*FAST, "--json", *options)
    assert (ended.code, ended.err) == (0, "")
    loaded: dict[str, Any] = json.loads(ended.out)
    return loaded


def test_json_is_all_there_is_on_stdout_and_the_same_as_in_a_file(netstat: Run, tmp_path: Path) -> None:
    ended = netstat(*FAST, "--json", "-o", "a.json")
    assert ended.out.encode() == (tmp_path / "a.json").read_bytes()
    assert ended.err == "netstat: wrote a.json\n"


def test_charts_go_into_their_folder_and_a_line_says_so(netstat: Run, tmp_path: Path) -> None:
    ended = netstat("profile", "lenet", "--fast", "--charts", "new/charts")
    files = sorted(file.name for file in (tmp_path / "new" / "charts").iterdir())
    assert ended.err == f"netstat: wrote {len(files)} charts to new/charts\n"
    assert {"params.png", "macs.svg", "activation-functions.svg"} <= set(files)


def test_quiet_says_nothing_on_stderr(netstat: Run) -> None:
    assert netstat(*FAST, "-q", "-o", "a.json").err == ""


@pytest.mark.parametrize("format", FORMATS)
def test_a_saved_profile_is_written_as_the_live_one_was(netstat: Run, tmp_path: Path, format: str) -> None:
    netstat("profile", "lenet", "--fast", "-o", "saved.json", "-o", f"live.{format}")
    assert netstat("profile", "saved.json", "-o", f"again.{format}").code == 0
    assert (tmp_path / f"again.{format}").read_bytes() == (tmp_path / f"live.{format}").read_bytes()


def test_a_saved_profile_is_shown_as_the_live_one_was(netstat: Run) -> None:
    live = netstat(*FAST, "-o", "saved.json", "--sort", "macs", "--columns", "path,macs")
    assert netstat("profile", "saved.json", "--sort", "macs", "--columns", "path,macs").out == live.out
    assert netstat("profile", "saved.json").out == netstat(*FAST).out


def test_stat_is_the_layer_table(netstat: Run) -> None:
    assert netstat("stat", "alexnet") == netstat(*FAST)


@pytest.mark.torch
@pytest.mark.parametrize("convention", CONVENTIONS.names())
def test_the_convention_stands_at_the_top_in_the_totals_and_in_every_row(netstat: Run, convention: str) -> None:
    profile = document(netstat, "--as", convention)
    assert profile["convention"] == convention
    assert profile["unit"] in ("macs", "flops", "connections")
    assert profile["totals"]["count"] == sum(row["count"] for row in profile["layers"])
    table = netstat(*FAST, "--as", convention).out
    assert f"counted as {convention} ({profile['unit']})" in table
    assert f"{profile['totals']['count']:,}" in table


@pytest.mark.torch
@pytest.mark.parametrize(
    ("convention", "unit", "count"),
    [
        ("macs", "macs", MACS),
        ("literature", "flops", 2 * MACS),
        ("thop", "macs", MACS + 18_432),
        ("fvcore", "flops", MACS + 9_216),
        ("torch", "flops", 2 * MACS),
    ],
)
def test_each_convention_counts_what_it_is_known_to_count(netstat: Run, convention: str, unit: str, count: int) -> None:
    profile = document(netstat, "--as", convention)
    assert (profile["unit"], profile["totals"]["count"]) == (unit, count)


def test_without_a_convention_a_count_is_the_flops(netstat: Run) -> None:
    profile = document(netstat)
    assert (profile["convention"], profile["unit"]) == ("documents", "flops")
    assert all(part["count"] == part["flops"] for part in (profile["totals"], *profile["layers"]))


def test_the_batch_multiplies_work_and_not_parameters(netstat: Run) -> None:
    one, four = document(netstat), document(netstat, "-b", "4")
    assert four["inputs"][0]["shape"] == [4, 3, 224, 224]
    assert four["totals"]["macs"] == 4 * one["totals"]["macs"]
    assert four["totals"]["params"] == one["totals"]["params"]
    assert document(netstat, "-b", "4k")["totals"]["macs"] == 4000 * MACS


def test_options_of_a_model_are_part_of_its_name(netstat: Run) -> None:
    compared = json.loads(netstat("compare", "alexnet", "alexnet(num_classes=10)", "--json").out)["models"]
    assert [model["model"] for model in compared] == ["alexnet", "alexnet(num_classes=10)"]


def test_the_input_can_be_named_and_written_in_several_ways(netstat: Run) -> None:
    wanted = document(netstat, "-i", "3x256x320")
    assert wanted["inputs"] == [{"name": "input", "shape": [1, 3, 256, 320], "dtype": "float32"}]
    for spelling in ("3×256×320", "3,256,320", "3X256X320", "input=3x256x320", "3x256x320:float32", "3x256x320:fp32"):
        assert document(netstat, "-i", spelling) == wanted


@pytest.mark.parametrize(("dtype", "size"), [("fp32", 4), ("bf16", 2), ("float16", 2), ("fp64", 8), ("tf32", 4)])
def test_the_dtype_decides_bytes_and_nothing_else(netstat: Run, dtype: str, size: int) -> None:
    single, other = document(netstat), document(netstat, "--dtype", dtype)
    for name in ("param_bytes", "input_bytes", "activation_bytes", "bytes_read", "bytes_written"):
        assert other["totals"][name] * 4 == single["totals"][name] * size
    assert other["totals"]["flops"] == single["totals"]["flops"]


def test_depth_folds_layers_and_keeps_sums(netstat: Run) -> None:
    whole, folded = document(netstat), document(netstat, "--depth", "1")
    assert [row["path"] for row in folded["layers"]] == ["features", "avgpool", "", "classifier"]
    assert folded["totals"] == whole["totals"]
    for name in ("params", "macs", "flops", "count"):
        assert sum(row[name] for row in folded["layers"]) == whole["totals"][name]


def test_columns_are_shown_as_named_and_in_that_order(netstat: Run) -> None:
    headings = netstat(*FAST, "--columns", "macs, path ,op").out.splitlines()[1]
    assert headings.split() == ["MACs", "layer", "operator"]


def test_sorting_puts_the_largest_first_and_text_in_its_alphabet(netstat: Run) -> None:
    by_macs = rows_of(netstat(*FAST, "--columns", "path,macs", "--sort", "macs").out)
    assert by_macs[:2] == ["features.3", "features.8"]
    by_name = rows_of(netstat(*FAST, "--columns", "path,macs", "--sort", "path").out)
    assert by_name == sorted(by_name)


@pytest.mark.parametrize("columns", ["80", "120"])
@pytest.mark.parametrize(
    "arguments", [[*FAST], [*FAST, "--as", "thop"], ["compare", "alexnet", "vgg16", "lenet"]], ids=" ".join
)
def test_tables_fit_the_width(
    netstat: Run, monkeypatch: pytest.MonkeyPatch, columns: str, arguments: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = netstat(*arguments).out.splitlines()
    assert max(map(len, lines)) <= int(columns)


def test_models_and_saved_results_are_compared_side_by_side(netstat: Run) -> None:
    netstat(*FAST, "-o", "saved.json")
    ended = netstat("compare", "saved.json", "lenet", "-o", "two.json", "-o", "two.csv", "--json")
    compared = json.loads(ended.out)["models"]
    assert [model["model"] for model in compared] == ["alexnet", "lenet"]
    assert compared[0]["totals"]["macs"] == MACS
    with Path("two.csv").open() as file:
        assert [row["model"] for row in csv.DictReader(file)] == ["alexnet", "lenet"]


@pytest.mark.parametrize("kind", ["models", "operators", "peers", "conventions", "reports", "devices"])
def test_a_list_names_one_thing_a_line_with_what_it_is(netstat: Run, kind: str) -> None:
    first, *lines = netstat("list", kind).out.splitlines()
    assert first == kind
    assert lines
    assert all(re.fullmatch(r"  \S+( {2,}\S.*)?", line) for line in lines if line != "devices for forecasts")


def test_the_list_of_peers_says_which_versions_are_there(netstat: Run) -> None:
    peers = netstat("list", "peers").out
    for package in ("thop", "fvcore"):
        try:
            there = re.escape(importlib.metadata.version(package))
        except importlib.metadata.PackageNotFoundError:
            there = "not installed"
        assert re.search(rf"^  {package} +{there} +\S", peers, re.MULTILINE)


def test_a_list_of_everything_is_all_the_lists(netstat: Run) -> None:
    kinds = ["models", "operators", "peers", "conventions", "reports", "devices"]
    assert netstat("list").out == "".join(netstat("list", kind).out for kind in kinds)


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"netstat {__version__}\n")


def test_debug_gives_the_traceback(netstat: Run) -> None:
    with pytest.raises(UsageError, match="unknown column"):
        netstat(*FAST, "--sort", "colour", "--debug")


@pytest.mark.parametrize(
    ("strict", "reliable", "code"),
    [(True, [True, False], 4), (True, [True, True], 0), (True, [], 0), (False, [False], 0)],
)
def test_a_measurement_that_is_not_reliable_spoils_a_strict_run(strict: bool, reliable: list[bool], code: int) -> None:
    assert _session.spoiled(reliable, Namespace(strict=strict)) == code


def run_program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_python_m_netstat_is_the_program(netstat: Run) -> None:
    done = run_program(*FAST, COLUMNS="120", PYTHONIOENCODING="utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (0, netstat(*FAST).out, "")
    assert run_program("profile", "alexnet", "--sort", "colour").returncode == 2


@pytest.mark.parametrize("arguments", [[*FAST], ["list"], ["compare", "lenet", "alexnet"]], ids=" ".join)
def test_a_terminal_that_knows_ascii_only_gets_ascii(arguments: list[str]) -> None:
    done = run_program(*arguments, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()


def test_json_is_utf8_whatever_the_terminal_knows(netstat: Run) -> None:
    done = run_program(*FAST, "--json", PYTHONIOENCODING="ascii")
    assert json.loads(done.stdout) == document(netstat)


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write) as nobody_reads:
        done = subprocess.run(
            [*PROGRAM, "list"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=nobody_reads,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
@pytest.mark.parametrize(
    ("environment", "colored"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colour_is_for_terminals_whose_owner_likes_it(environment: dict[str, str], colored: bool) -> None:
    import pty

    terminal, program = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    variables = {"PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm", "PYTHONIOENCODING": "utf-8", **environment}
    running = subprocess.Popen([*PROGRAM, "stat", "lenet"], env={**inherited, **variables}, stdout=program)
    os.close(program)
    shown = b""
    while chunk := read_from(terminal):
        shown += chunk
    os.close(terminal)
    assert running.wait(60) == 0
    assert b"conv2d" in shown
    assert (b"\x1b[" in shown) == colored


def read_from(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so where everybody else has left
        return b""


def test_output_that_is_no_terminal_has_no_colour() -> None:
    assert "\x1b" not in run_program(*FAST, TERM="xterm").stdout


def test_refusals_that_need_no_torch_load_none() -> None:
    program = (
        "import sys; from netstat.cli import main\n"
        "codes = [main(['profile', 'alexnet', *options]) for options in (\n"
        "    ['--against', 'thpo'], ['--device', 'gpu'], ['--sort', 'x'], ['--dtype', 'fp64'], ['-o', 'x'],\n"
        "    ['--device', 'cpu', '--threads', '1', '--dtype', 'bf16', '--against', 'thop', '-i', '1x28x28'],\n"
        "    ['--fast', '--device', 'cuda', '--against', 'thop', '--sort', 'macs', '--as', 'thop', '-q'])]\n"
        "print(codes, [name for name in ('torch', 'numpy', 'matplotlib', 'thop', 'fvcore') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[2, 2, 2, 2, 2, 3, 0] []"
