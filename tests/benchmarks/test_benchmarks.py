"""The benchmarks do the work they are timed for, and a profile stays within its memory. No test looks at a clock."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import footprint, memory, page, start, tables

MACS = 714_188_480
CONV_BIASES = 64 * 55**2 + 192 * 27**2 + (384 + 256 + 256) * 13**2
LINEAR_BIASES = 4096 + 4096 + 1000
RELUS = CONV_BIASES + 2 * 4096
POOL_INPUTS = 64 * 55**2 + 192 * 27**2 + 256 * 13**2 + 256 * 6**2
ADAPTIVE_INPUT = 256 * 6**2
FIGURES = {
    "with netstat": MACS,
    "with thop": MACS + 2 * ADAPTIVE_INPUT,
    "with fvcore": MACS + ADAPTIVE_INPUT,
    "with torchinfo": MACS + CONV_BIASES + LINEAR_BIASES,
    "with flop counter mode": 2 * MACS,
    "with ptflops": MACS + CONV_BIASES + LINEAR_BIASES + 2 * (RELUS + POOL_INPUTS),
}
FOOTPRINTS = list(zip(footprint.CASES, [632_045_800, 70_553_706_496, 138_357_544], strict=True))
DOCS = Path(__file__).parents[2] / "docs"


def test_every_script_has_a_figure_to_print() -> None:
    assert FIGURES.keys() == {name for name in start.COMMANDS if name.startswith("with ")}


@pytest.mark.torch
@pytest.mark.peers
@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_a_script_prints_what_its_tool_says_of_alexnet(name: str) -> None:
    printed, seconds = start.run(start.COMMANDS[name])
    assert int(printed) == FIGURES[name]
    assert seconds > 0


def test_the_fast_profile_prints_the_whole_of_alexnet() -> None:
    printed, _ = start.run(start.COMMANDS[start.FAST])
    assert "61,100,840" in printed
    assert "714,188,480" in printed


def test_a_command_that_fails_is_an_error_that_quotes_it() -> None:
    with pytest.raises(RuntimeError, match="no such peer"):
        start.run(["-c", "raise SystemExit('no such peer')"])


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.skipif(not memory.CLEAR_REFS.exists(), reason="the peak of a process is read from Linux's /proc")
def test_profiling_vgg16_at_batch_1024_adds_less_than_50_megabytes() -> None:
    figures = memory.measure("vgg16", 1024)
    assert figures["macs"] == 1024 * 15_470_264_320
    assert figures["peak"] - figures["before"] < 50_000_000


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.skipif(not memory.CLEAR_REFS.exists(), reason="the peak of a process is read from Linux's /proc")
@pytest.mark.parametrize(("name", "params"), FOOTPRINTS)
def test_naming_a_large_model_adds_less_than_100_megabytes(name: str, params: int) -> None:
    if footprint.CASES[name].library.startswith("transformers"):
        pytest.importorskip("transformers")
        pytest.importorskip("netstat.frontends.huggingface")
    figures = footprint.measure(name)
    assert figures["params"] == params
    assert figures["peak"] - figures["before"] < page.ADDED


def test_a_large_model_without_figures_is_a_row_that_says_why() -> None:
    row = {"name": "a decoder", "library": "transformers", "median": None, "samples": [], "error": "No module"}
    assert page.added(row) == ["a decoder", "transformers", "-", "-", "No module", "**not met**"]


@pytest.mark.torch
def test_without_the_audit_the_same_rows_are_recorded_and_the_recorder_is_as_before() -> None:
    torch = pytest.importorskip("torch")
    from netstat.frontends import recorder
    from tests.benchmarks import modules

    audit, model, input = recorder.Audit, torch.nn.Sequential(torch.nn.Linear(8, 4), torch.nn.ReLU()), torch.zeros(1, 8)
    assert modules.with_netstat_unaudited(model, input) == modules.with_netstat(model, input) == 32
    assert recorder.Audit is audit


@pytest.mark.torch
def test_what_only_the_dispatcher_sees_is_missed_without_the_audit() -> None:
    torch = pytest.importorskip("torch")
    from tests.benchmarks import modules

    class Bare(torch.nn.Module):
        def forward(self, input: Any) -> Any:
            with torch._C.DisableTorchFunction():
                return torch.matmul(input, input)

    assert modules.with_netstat(Bare(), torch.zeros(1, 4, 4)) == 64
    assert modules.with_netstat_unaudited(Bare(), torch.zeros(1, 4, 4)) == 0


@pytest.mark.torch
def test_a_chain_has_as_many_rows_as_layers() -> None:
    pytest.importorskip("torch")
    import netstat
    from tests.benchmarks import chain

    layers = netstat.profile(chain.chain(7), (chain.WIDTH,)).layers
    assert [layer.op for layer in layers] == ["linear", "relu"] * 3 + ["linear"]


@pytest.mark.slow
@pytest.mark.torch
def test_the_models_of_torchvision_are_built_for_the_image_they_get() -> None:
    pytest.importorskip("torchvision")
    from tests.benchmarks import zoo

    assert [zoo.side(name) for name in ("vit_h_14", "swin_v2_b", "inception_v3")] == [224, 256, 299]
    assert len(zoo.names()) >= 80
    (row,) = zoo.measure(["squeezenet1_1"])
    assert row.keys() == {"name", "netstat", "FlopCounterMode"}


@pytest.mark.torch
def test_the_large_page_is_of_five_thousand_layers() -> None:
    pytest.importorskip("torch")
    from tests.benchmarks import browser

    leaves = [module for module in browser.layers().modules() if not list(module.children())]
    assert len(leaves) == 5 * browser.STAGES * browser.BLOCKS == 5000


def test_a_part_that_was_measured_by_itself_says_so() -> None:
    taken = {
        "utc": "then",
        "cpu": "it",
        "cores": 2,
        "system": "s",
        "others": 0,
        "threads": 2,
        "python": "3",
        "packages": {},
    }
    rows = [{"name": "100", "median": 1.0, "samples": [1.0], "error": ""}]
    written = page.render({"chain": rows, "apart": {"chain": taken}})
    assert "Measured in a run of its own:" in written
    assert "| taken | then |" in written


def test_a_limit_is_met_up_to_and_with_itself() -> None:
    assert tables.judged("it", 1.5, 1.5) == "it: 1.5 (limit 1.5); met.\n"
    assert tables.judged("it", 1.51, 1.5) == "it: 1.51 (limit 1.5); **not met**.\n"


def test_the_page_has_a_section_for_each_thing_measured_and_none_for_another() -> None:
    rows = [
        {"name": name, "median": time, "samples": [time], "error": ""} for name, time in (("100", 1.0), ("1000", 1.2))
    ]
    written = page.render({"chain": rows})
    assert "| 1000 | 1200 ms [1200 ms – 1200 ms] | 1 |" in written
    assert "Longest to shortest: 1.2 (limit 1.5); met." in written
    assert written.count("\n## ") == 1


def test_the_page_is_what_its_raw_samples_say() -> None:
    raw = json.loads((DOCS / "measurements" / "benchmarks.json").read_text(encoding="utf-8"))
    assert page.render(raw) == (DOCS / "benchmarks.md").read_text(encoding="utf-8")
