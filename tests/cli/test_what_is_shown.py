"""What the program prints and writes, as far as that needs no torch."""

import csv
import importlib.metadata
import io
import json
import os
import re
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from netstat import __version__
from netstat.cli import _output, main
from netstat.conventions import CONVENTIONS
from netstat.errors import UsageError
from netstat.measure.devices import DEVICES
from netstat.models import MODELS
from netstat.ops import OPERATORS
from netstat.peers import PEERS
from netstat.registry import CHARTS, REPORTS, Registry
from netstat.reports._table import cells
from netstat.reports._terminal import shows_color
from tests.cli.runs import Run

FAST = ("profile", "alexnet", "--fast")
FORMATS = ["json", "csv", "md", "tex", *(pytest.param(image, marks=pytest.mark.charts) for image in ("png", "svg"))]
PROGRAM = [sys.executable, "-m", "netstat"]
MACS = 714_188_480  # of AlexNet
REGISTRIES: dict[str, Registry[Any]] = {
    "models": MODELS,
    "operators": OPERATORS,
    "peers": PEERS,
    "conventions": CONVENTIONS,
    "reports": REPORTS,
    "charts": CHARTS,
    "devices": DEVICES,
}


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
    assert wanted.pop("origin")["inputs"] == [{"shape": [3, 256, 320], "dtype": "", "name": ""}]
    assert wanted["inputs"] == [{"name": "input", "shape": [1, 3, 256, 320], "dtype": "float32"}]
    for spelling in ("3×256×320", "3,256,320", "3X256X320", "input=3x256x320", "3x256x320:float32", "3x256x320:fp32"):
        found = document(netstat, "-i", spelling)
        assert found.pop("origin")["inputs"][0]["shape"] == [3, 256, 320]
        assert found == wanted


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


@pytest.mark.parametrize("kind", REGISTRIES)
def test_a_list_is_a_table_that_names_everything_with_what_it_is(netstat: Run, kind: str) -> None:
    title, headings, _, *lines = netstat("list", kind).out.splitlines()
    assert title == kind
    assert re.split(r" {2,}", headings)[-1].startswith("what it ")
    for name in REGISTRIES[kind].names():
        (line,) = (line for line in lines if line.startswith(f"{name} "))
        assert re.fullmatch(r"\S+( {2,}\S.*)+", line)


def test_the_list_of_peers_says_which_versions_are_there(netstat: Run) -> None:
    peers = netstat("list", "peers").out
    for package in ("thop", "fvcore"):
        try:
            there = re.escape(importlib.metadata.version(package))
        except importlib.metadata.PackageNotFoundError:
            there = "not installed"
        assert re.search(rf"^{package} +{there} +\S", peers, re.MULTILINE)


def test_a_list_of_everything_is_all_the_lists(netstat: Run) -> None:
    assert netstat("list").out == "\n".join(netstat("list", kind).out for kind in REGISTRIES)


def test_built_in_models_are_listed_with_their_size_where_no_torch_is_needed_to_know_it(netstat: Run) -> None:
    lines = netstat("list", "models").out.splitlines()
    (alexnet,) = (line for line in lines if line.startswith("alexnet "))
    assert re.split(r" {2,}", alexnet)[:4] == ["alexnet", "3×224×224", "61,100,840", f"{MACS:,}"]
    (functional,) = (line for line in lines if line.startswith("vgg16-functional "))
    assert re.split(r" {2,}", functional)[2:4] == ["-", "-"]


def test_operators_are_listed_with_what_they_are_in_pytorch(netstat: Run) -> None:
    lines = [re.split(r" {2,}", line) for line in netstat("list", "operators").out.splitlines()]
    said = {line[0]: line[1:3] for line in lines if len(line) == 4}
    assert said["relu"] == ["activation", "torch.nn.ReLU"]
    assert said["conv1d"] == ["convolution", "torch.nn.functional.conv1d"]


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
    assert _output.spoiled(reliable, Namespace(strict=strict)) == code


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


@pytest.mark.parametrize("asked", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}], ids=str)
@pytest.mark.parametrize("arguments", [[*FAST, "--tree"], ["list"], ["compare", "lenet", "alexnet"]], ids=" ".join)
def test_who_asks_for_ascii_gets_ascii(arguments: list[str], asked: dict[str, str]) -> None:
    done = run_program(*arguments, **asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()


def test_json_is_utf8_whatever_the_terminal_knows(netstat: Run) -> None:
    done = run_program(*FAST, "--json", PYTHONIOENCODING="ascii")
    assert json.loads(done.stdout) == document(netstat)


def without_readers(*arguments: str, code: int) -> None:
    """Run the program with nobody reading what it writes; it must end with `code` all the same."""
    read, write = os.pipe()
    os.close(read)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with os.fdopen(write) as unread:
        command = [*PROGRAM, *arguments]
        done = subprocess.run(
            command, env=environment, stdout=unread, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )
        assert (done.returncode, done.stderr.count("Error")) == (code, 0), done.stderr
        mute = subprocess.run(command, env=environment, stdout=unread, stderr=unread, check=False, timeout=60)
        assert mute.returncode == code


@pytest.mark.parametrize("arguments", [["list", "models"], ["--help"], [], ["--version"], [*FAST, "--json"]], ids=str)
def test_a_reader_who_has_seen_enough_is_no_error(arguments: list[str]) -> None:
    without_readers(*arguments, code=0)


def test_a_command_that_nobody_reads_writes_its_files_and_ends_as_it_would(netstat: Run, tmp_path: Path) -> None:
    kept = str(tmp_path / "a.json")
    without_readers(*FAST, "-o", kept, code=0)
    assert json.loads(Path(kept).read_text(encoding="utf-8"))["totals"]["macs"] == MACS
    without_readers("profile", "alexnet", "--sort", "colour", code=2)


WISHES = [
    ({}, True),
    ({"NO_COLOR": "1"}, False),
    ({"NO_COLOR": ""}, True),
    ({"TERM": "dumb"}, False),
    ({"CLICOLOR": "0"}, False),
    ({"CLICOLOR": "0", "CLICOLOR_FORCE": "1"}, True),
    ({"FORCE_COLOR": "1", "TERM": "dumb"}, True),
    ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
]


@pytest.mark.parametrize(("wishes", "colored"), [*WISHES, ({"CLICOLOR_FORCE": "0"}, True)])
def test_colour_is_for_terminals_whose_owner_likes_it(
    monkeypatch: pytest.MonkeyPatch, wishes: dict[str, str], colored: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **wishes}.items():
        monkeypatch.setenv(name, value)
    assert shows_color(Stream(is_terminal=True)) == colored
    forced = "1" in (wishes.get("FORCE_COLOR"), wishes.get("CLICOLOR_FORCE")) and colored
    assert shows_color(Stream(is_terminal=False)) == forced


class Stream(io.StringIO):
    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


def test_a_progress_bar_is_gone_when_the_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Stream(is_terminal=True)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(_output, "DELAY", 0.1)
    with _output.progress(Namespace(quiet=False)) as update:
        for fraction in (0.2, 0.4, 0.6):
            update("counting", fraction)
            time.sleep(0.12)
    *_, shown, cleared, end = terminal.getvalue().split("\r")
    assert "counting" in shown
    assert (cleared.strip(), end) == ("", "")
    assert cells(cleared) >= cells(shown)


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
@pytest.mark.parametrize(("environment", "colored"), WISHES[:2])
def test_the_program_looks_at_its_terminal_and_its_owners_wish(environment: dict[str, str], colored: bool) -> None:
    import pty

    terminal, program = pty.openpty()
    wishes = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LC_ALL")
    inherited = {name: value for name, value in os.environ.items() if name not in wishes}
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
