"""Tables for the terminal: what they say, and how they keep to its width."""

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from netstat.errors import UsageError
from netstat.records.benchmark import ContainerTime, LayerTime, Row
from netstat.records.profile import Profile
from netstat.records.view import View
from netstat.reports._columns import COLUMNS
from netstat.reports._table import cells
from netstat.reports._terminal import WITHOUT_TERMINAL, terminal_width
from netstat.reports.table import (
    benchmark_text,
    crosscheck_text,
    layers_text,
    record_text,
    shows_unicode,
)
from netstat.units import exact, percent, scaled, signed
from tests.reports.samples import (
    ALEXNET_PROFILE,
    BENCHMARKS,
    CHECKS,
    COMPARISON,
    CPU,
    FULL_PROFILE,
    GPU,
    HOSTILE_PROFILE,
    MACS,
    MISSING,
    PARAMS,
    THOP,
    TORCH,
)

WIDTHS = [*range(64, 132, 4), 160, 200, 250]
TWO = replace(COMPARISON, models=COMPARISON.models[:2])
SECTIONS = {
    "layers": lambda width, **style: layers_text(FULL_PROFILE, width, **style),
    "cross-check": lambda width, **style: crosscheck_text(CHECKS.crosscheck, "alexnet", width, **style),
    "times": lambda width, **style: benchmark_text(
        BENCHMARKS.benchmarks, FULL_PROFILE.layers, "alexnet", width, **style
    ),
    "comparison": lambda width, **style: record_text(TWO, width, **style),
}  # fmt: skip


def row(text: str, first: str) -> list[str]:
    """The cells of the line that begins with `first`."""
    line = next(line for line in text.splitlines() if line.startswith(f"{first}  "))
    return re.split(r"\s{2,}", line.strip())


def headings(text: str) -> list[str]:
    """What stands above the first rule."""
    lines = text.splitlines()
    rule = next(i for i, line in enumerate(lines) if line.startswith("---"))
    return re.split(r"\s{2,}", lines[rule - 1].strip())


# Width


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("unicode", [True, False])
def test_no_line_is_wider_than_the_terminal(section: str, unicode: bool) -> None:
    for width in WIDTHS:
        text = SECTIONS[section](width, unicode=unicode)
        assert max(map(cells, text.splitlines())) <= width


@pytest.mark.parametrize("section", SECTIONS)
def test_a_wider_terminal_never_shows_fewer_columns(section: str) -> None:
    shown = [headings(SECTIONS[section](width)) for width in WIDTHS]
    for narrow, wide in pairwise(shown):
        assert set(narrow) <= set(wide)


def test_at_80_columns_a_layer_keeps_its_operator_shape_counts_and_shares() -> None:
    text = layers_text(ALEXNET_PROFILE, 80)
    assert headings(text) == ["layer", "operator", "output", "params", "params %", "MACs", "MACs %"]
    assert row(text, "classifier.1")[3:] == ["37.75 M", "█▉", "62 %", "37.75 M", "▏", "5 %"]


def test_at_120_columns_counts_have_all_their_digits() -> None:
    text = layers_text(ALEXNET_PROFILE, 120)
    assert row(text, "total") == ["total", exact(PARAMS), exact(MACS)]
    assert "61.79 %" in text


def test_long_paths_are_shortened_in_the_middle_before_numbers_are_abbreviated() -> None:
    deep = replace(ALEXNET_PROFILE.layers[0], path="encoder.layers.encoder_layer_11.self_attention.out_projection")
    text = layers_text(replace(ALEXNET_PROFILE, layers=(deep, *ALEXNET_PROFILE.layers[1:])), 120)
    assert exact(deep.macs) in text
    assert re.search(r"^encoder\.lay\S*…\S*out_projection ", text, re.MULTILINE)


def test_wide_characters_take_two_cells_and_combining_ones_none() -> None:
    assert [cells(text) for text in ("abc", "层a", "é", "×…█")] == [3, 3, 1, 3]
    named = replace(ALEXNET_PROFILE.layers[0], path="特征.卷积")
    lines = layers_text(replace(ALEXNET_PROFILE, layers=(named, ALEXNET_PROFILE.layers[1])), 120).splitlines()
    assert cells(lines[3].partition("conv2d")[0]) == cells(lines[4].partition("relu")[0])


def test_a_long_path_of_wide_characters_keeps_to_the_width() -> None:
    wide = replace(ALEXNET_PROFILE.layers[0], path="编码器.层.第十一个编码层.自注意力.输出投影.线性变换")
    profile = replace(ALEXNET_PROFILE, layers=(wide, *ALEXNET_PROFILE.layers[1:]))
    for width in WIDTHS:
        text = layers_text(profile, width)
        assert max(map(cells, text.splitlines())) <= width
        assert re.search(r"^编码器.*变换 ", text, re.MULTILINE)


def test_a_number_stays_with_its_unit_wherever_a_line_ends() -> None:
    for width in range(40, 160):
        lines = benchmark_text([CPU], ALEXNET_PROFILE.layers, width=width).splitlines()
        assert not [line for line in lines if re.match(r" +(%|[mµ]?s|GB/s)[ ,;)]?", line)], width


def test_columns_the_user_chose_never_leave() -> None:
    names = ["path", "flops", "multiplies", "adds", "bytes_read", "bytes_written", "input_shape"]
    assert len(headings(layers_text(ALEXNET_PROFILE, 60, View(names)))) == len(names)


def test_the_width_is_that_of_columns_then_of_the_terminal_then_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "93")
    assert terminal_width() == 93
    monkeypatch.setenv("COLUMNS", "wide")
    assert terminal_width() == WITHOUT_TERMINAL or os.isatty(1)


def test_print_keeps_to_what_standard_output_can_show(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding, is_ascii in (("ascii", True), ("utf-8", False)):
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding))
        assert str(ALEXNET_PROFILE).isascii() is is_ascii


# Layers


@pytest.mark.parametrize(
    ("name", "cell"),
    {
        "path": "features.0",
        "op": "conv2d",
        "module": "Conv2d",
        "call": "0",
        "input_shape": "1×64",
        "output_shape": "1×64×55×55",
        "params": "23,296",
        "params_share": "▏        0.04 %",
        "trainable_params": "23,296",
        "macs": "70,276,800",
        "macs_share": "▋        9.84 %",
        "flops": "140,553,600",
        "flops_share": "▋        9.83 %",
        "count": "140,553,600",
        "multiplies": "70,276,800",
        "adds": "70,276,800",
        "divides": "0",
        "compares": "0",
        "specials": "0",
        "bytes_read": "256",
        "bytes_written": "774,400",
        "arithmetic_intensity": "181.4",
        "receptive_field": "11×11",
        "jump": "1/2×4",
        "center": "-1/4×3",
        "effective_padding": "1×2",
        "backward_macs": "?",
        "overlapping": "",
        "time": "3.515 ms",
        "time_share": "▌        9.19 %",
    }.items(),
)
def test_a_column_shows_its_value_of_a_layer(name: str, cell: str) -> None:
    text = layers_text(replace(FULL_PROFILE, layers=FULL_PROFILE.layers[:1]), 120, View([name]))
    assert text.splitlines()[3].strip() == cell
    assert text.splitlines()[1].strip() == COLUMNS[name].heading.replace("count", "flops (documents)")


def test_an_unknown_column_is_named_with_its_neighbours() -> None:
    with pytest.raises(UsageError, match="unknown column 'mac'; did you mean macs"):
        layers_text(ALEXNET_PROFILE, 80, View(["path", "mac"]))
    with pytest.raises(UsageError, match="unknown column 'tme'; did you mean time"):
        layers_text(ALEXNET_PROFILE, 80, View(sort="tme"))


def test_numbers_sort_from_the_greatest_and_text_by_alphabet_with_the_unknown_last() -> None:
    def sorted_by(profile: Profile, column: str) -> list[str]:
        lines = layers_text(profile, 120, View(["path", column], column)).splitlines()[3:]
        return [line.split("  ")[0] for line in lines[: len(profile.layers)]]

    assert sorted_by(ALEXNET_PROFILE, "params")[:3] == ["classifier.1", "classifier.4", "classifier.6"]
    assert sorted_by(ALEXNET_PROFILE, "params_share")[:2] == ["classifier.1", "classifier.4"]
    assert sorted_by(ALEXNET_PROFILE, "op")[:2] == ["avgpool", "features.0"]
    assert sorted_by(FULL_PROFILE, "time")[-1] == "(model)"  # no hook times what no module of its own runs


def test_a_later_call_of_a_layer_has_its_number() -> None:
    again = replace(ALEXNET_PROFILE.layers[1], call=1)
    text = layers_text(replace(ALEXNET_PROFILE, layers=(ALEXNET_PROFILE.layers[1], again)), 120, View(["path", "op"]))
    assert row(text, "features.1 #2") == ["features.1 #2", "relu"]


def test_the_summary_says_what_trains_and_which_kind_of_layer_holds_what() -> None:
    text = layers_text(ALEXNET_PROFILE, 120)
    assert row(text, "params")[1] == "61,100,840 (61.1 M): all trainable"
    assert row(text, "convolution")[1] == "5 layers: 4.04 % of params, 91.79 % of MACs"
    assert row(text, "fully connected")[1] == "3 layers: 95.96 % of params, 8.21 % of MACs"
    assert row(text, "memory")[1] == "parameters 233.08 MiB, input 588.00 KiB, activations 2.26 MiB"


def test_frozen_and_unused_parameters_are_told_apart() -> None:
    totals = replace(ALEXNET_PROFILE.totals, trainable_params=4_097_000, unused_params=12)
    text = layers_text(replace(ALEXNET_PROFILE, totals=totals), 120)
    assert row(text, "params")[1] == "61,100,840 (61.1 M): 4,097,000 trainable, 57,003,840 frozen; 12 unused"


def test_another_convention_has_its_column_with_its_unit_and_name() -> None:
    layers = tuple(replace(layer, count=layer.macs + 1) for layer in ALEXNET_PROFILE.layers)
    totals = replace(ALEXNET_PROFILE.totals, count=MACS + 22)
    text = layers_text(replace(ALEXNET_PROFILE, convention="thop", unit="macs", layers=layers, totals=totals), 200)
    assert "counted as thop (macs)" in text.splitlines()[0]
    assert "macs (thop)" in headings(text)
    assert row(text, "macs as thop")[1] == f"{exact(MACS + 22)} (714.2 M)"


def test_the_figure_of_a_convention_that_was_asked_for_stays_where_the_table_is_narrow() -> None:
    layers = tuple(replace(layer, count=layer.macs) for layer in ALEXNET_PROFILE.layers)
    totals = replace(ALEXNET_PROFILE.totals, count=MACS)
    asked = replace(ALEXNET_PROFILE, convention="thop", unit="macs", layers=layers, totals=totals)
    assert "macs (thop)" in headings(layers_text(asked, 70))
    assert "FLOPs" not in headings(layers_text(asked, 70))
    wide = headings(layers_text(asked, 200))
    assert "count %" in wide
    assert "MACs %" not in wide
    assert "count %" not in headings(layers_text(ALEXNET_PROFILE, 200))
    shares = [layers_text(asked, 120, View(columns=["path", name])) for name in ("count_share", "macs_share")]
    assert [row(text, "features.0")[1:] for text in shares] == [row(shares[0], "features.0")[1:]] * 2


def test_what_could_not_be_counted_is_listed_and_the_totals_are_lower_bounds() -> None:
    text = layers_text(HOSTILE_PROFILE, 200)
    assert "≥2,000" in row(text, "total")
    assert "87" in row(text, "total")  # parameters are known all the same
    assert row(text, "MACs")[1] == "≥2,000 (2 k)"
    assert row(text, "block.[x]")[-3:] == ["?", "?", "-"]  # MACs, FLOPs; not timed
    assert "uncounted: these operators have no formula, so the totals are lower bounds" in text
    assert row(text, "my_op") == ["my_op", "block.[x]", "2", "400", "no bound"]
    assert "≥" not in layers_text(ALEXNET_PROFILE, 200)
    assert "uncounted" not in layers_text(ALEXNET_PROFILE, 200)


def test_times_become_a_column_where_a_benchmark_is_there() -> None:
    text = layers_text(FULL_PROFILE, 200)
    assert headings(text)[-2:] == ["time", "time %"]
    assert row(text, "features.1")[-3:] == ["< 2 µs", "▏", "0.00 %"]
    assert row(text, "total")[-1] == "38.23 ms"
    assert row(text, "time")[1] == "38.23 ms on cpu, 2.5 ms of it in no layer"


# Cross-check


def amounts(text: str) -> list[int]:
    """The numbers of the last column, top to bottom."""
    cells = [line.split("  ")[-1].strip() for line in text.splitlines()]
    return [int(cell.replace(",", "")) for cell in cells if re.fullmatch(r"[+-]?[\d,]+", cell)]


def test_the_bill_leads_from_our_figure_to_theirs() -> None:
    ours, term, predicted, reported, rest = amounts(crosscheck_text([THOP], "alexnet", 120))
    assert (ours, reported) == (MACS, MACS + 18_432)
    assert ours + term == predicted == reported - rest


def test_a_closed_check_says_so_and_an_open_one_shouts_the_amount_and_the_layers() -> None:
    assert "closed: nothing is unexplained" in crosscheck_text([THOP], width=120)
    text = crosscheck_text([TORCH], width=120)
    assert "closed:" not in text
    assert re.search(rf"UNEXPLAINED +{re.escape(signed(7))}$", text, re.MULTILINE)
    assert re.search(r"UNEXPLAINED in features\.3 +\+7$", text, re.MULTILINE)


def test_layers_that_differ_and_cancel_out_are_not_closed() -> None:
    check = replace(THOP, layers=(replace(THOP.layers[0], reported=5, predicted=9),))
    text = crosscheck_text([check], width=120)
    assert "closed:" not in text
    assert re.search(r"UNEXPLAINED in features\.0 +-4$", text, re.MULTILINE)


def test_a_peer_without_a_figure_says_why_and_is_predicted() -> None:
    text = crosscheck_text([MISSING], width=120)
    assert "no figure: fvcore cannot be imported; pip install fvcore" in text
    assert amounts(text) == [MISSING.ours, *(term.amount for term in MISSING.terms), MISSING.predicted]


OVERVIEW = record_text(CHECKS, 140).partition("\n\ncross-check")[0]


def test_the_overview_has_every_tool_with_its_distance_from_ours() -> None:
    assert OVERVIEW.startswith(f"other counters · alexnet · {exact(MACS)} MACs\n")
    thop, fvcore = row(OVERVIEW, "thop 0.1.1"), row(OVERVIEW, "fvcore")
    assert thop == ["thop 0.1.1", exact(MACS + 18_432), "macs", "+0.00258 %", "closed by 1 rule"]
    assert fvcore[1:] == [exact(MISSING.predicted), "flops", "=", "predicted, not run"]
    assert "fvcore cannot be imported; pip install fvcore" in OVERVIEW


def test_the_overview_shouts_what_is_not_settled() -> None:
    assert row(OVERVIEW, "torch 2.14.1")[-1] == "UNEXPLAINED: +7"
    off = replace(THOP.layers[0], reported=5, predicted=9)
    cancelling = replace(THOP, layers=(off, replace(off, reported=9, predicted=5)))
    text = record_text(replace(CHECKS, crosscheck=(cancelling,)), 140)
    assert row(text, "thop 0.1.1")[-1] == "UNEXPLAINED in 2 layers that cancel out"


def test_a_tool_that_doubles_is_measured_against_twice_ours() -> None:
    doubled = replace(THOP, unit="flops", reported=2 * MACS, per_mac=2)
    assert doubled.off == 0
    assert replace(doubled, reported=MACS).off == -0.5
    assert replace(doubled, ours=0).off is None


def test_what_is_to_be_known_of_a_figure_stands_below_it() -> None:
    words = "written for 1.0; 1.1 is predicted by the same rules"
    for check in (THOP, MISSING):
        text = crosscheck_text([replace(check, note=words)], width=120)
        assert words in text.rstrip().splitlines()[-1]
        assert words not in crosscheck_text([check], width=120)


def test_the_title_counts_the_tools_that_closed() -> None:
    assert crosscheck_text(CHECKS.crosscheck, "alexnet", 120).startswith(
        "cross-check · alexnet · 1 of 2 tools closed · 1 predicted only\n"
    )


# Times


def test_layers_and_the_rest_add_up_to_the_whole() -> None:
    text = benchmark_text([CPU], FULL_PROFILE.layers, "alexnet", 120)
    assert row(text, "features.0")[:6] == ["features.0", "conv2d", "3.515 ms", "▌", "9.19 %", "70,276,800"]
    assert row(text, "unattributed") == ["unattributed", "2.5 ms", "▍", "6.54 %"]
    assert row(text, "whole")[:4] == ["whole", "38.23 ms", "██████ 100.00 %", exact(MACS)]


def test_rates_stand_beside_times_that_can_be_told_from_the_hooks() -> None:
    text = benchmark_text([CPU], FULL_PROFILE.layers, "alexnet", 120)
    first, (layer, *_) = CPU.layers[0], FULL_PROFILE.layers
    counts = layer.flops, layer.bytes_read + layer.bytes_written
    assert row(text, "features.0")[6:] == [scaled(count / first.median_seconds) for count in counts]
    assert CPU.layers[1].median_seconds < CPU.layers[1].below
    assert row(text, "features.1")[2].startswith("<")
    assert row(text, "features.1")[-1] == "0"  # its MACs: there is no rate


def test_a_time_of_several_rows_stands_beside_their_sum() -> None:
    covers = tuple(Row(layer.path, layer.op, layer.call) for layer in FULL_PROFILE.layers[:2])
    together = LayerTime("features", 0, "conv2d+relu", 1e-3, covers=covers)
    text = benchmark_text([replace(CPU, layers=(together,))], FULL_PROFILE.layers, "alexnet", 120)
    assert exact(sum(layer.macs for layer in FULL_PROFILE.layers[:2])) in row(text, "features")


def test_rows_are_sorted_by_time_with_what_they_come_to() -> None:
    text = benchmark_text([CPU], (), "alexnet", 120, View(sort="time"))
    times = sorted((layer.median_seconds for layer in CPU.layers), reverse=True)
    first, second = (percent(sum(times[:count]), CPU.median_seconds) for count in (1, 2))
    lines = text.splitlines()
    begin = next(number for number, line in enumerate(lines) if "so far" in line)
    assert lines[begin + 2].rstrip().endswith(first)
    assert lines[begin + 3].rstrip().endswith(second)


def test_a_tree_of_times_shows_containers_with_their_own() -> None:
    features = ContainerTime("features", 0, "Sequential", 20e-3)
    times = replace(CPU, containers=(ContainerTime("", 0, "AlexNet", 38e-3), features))
    text = benchmark_text([times], (), "alexnet", 120, View(tree=True))
    assert row(text, "features")[:3] == ["features", "Sequential", "20 ms"]
    assert row(text, "├ 0")[:3] == ["├ 0", "conv2d", "3.515 ms"]
    short = benchmark_text([times], (), "alexnet", 120, View(tree=True, depth=1))
    assert "├ 0" not in short


def test_where_the_time_goes_is_said_by_kind() -> None:
    layers = (
        LayerTime("a", 0, "conv2d", 3e-3, family="convolution"),
        LayerTime("b", 0, "relu", 1e-3, family="activation"),
    )
    times = replace(CPU, layers=layers, median_seconds=5e-3, unattributed_seconds=1e-3)
    text = benchmark_text([times], (), "alexnet", 120)
    assert row(text, "by kind")[1] == "convolution 60.0 %, activation 20.0 %, in no layer 20.0 %"
    assert row(text, "most")[1] == "90 % of the layers' time is in 2 of 2 rows"


def test_a_device_is_introduced_with_its_settings_and_its_figure() -> None:
    text = benchmark_text([CPU], (), "alexnet", 120)
    assert text.startswith("time · alexnet · cpu (Example CPU) · batch 1 · float32 · 2 threads\n")
    assert row(text, "median")[1] == "38.23 ms, 95 % CI 37.85 ms to 38.61 ms"
    assert row(text, "throughput")[1] == "26.16 examples/s"
    assert row(text, "range")[1].startswith("37.47 ms to 38.96 ms")
    assert row(text, "runs")[1] == "20; 5 warm-up calls before"
    assert "MACs" not in headings(text)


def test_warnings_are_sentences_and_a_spoiled_figure_is_called_so() -> None:
    text = benchmark_text([GPU], width=120)
    assert "warning     samples are spread over 25 % of the median or more: do not cite this figure" in text
    assert "UNRELIABLE" in text
    assert "UNRELIABLE" not in benchmark_text([CPU], width=120)


def test_a_benchmark_of_the_whole_alone_has_no_table() -> None:
    text = benchmark_text([replace(CPU, layers=())], width=120)
    assert "layer " not in text
    assert "median" in text


# Comparison


def test_models_stand_below_each_other_with_ratios_to_the_first() -> None:
    text = record_text(TWO, 160)
    assert row(text, "alexnet")[4:8] == ["61,100,840", "=", exact(MACS), "="]
    assert row(text, "alexnet-half")[5] == "0.04042×"


# Characters and colour


@pytest.mark.parametrize("section", SECTIONS)
def test_a_terminal_without_unicode_gets_ascii_with_bars_all_the_same(section: str) -> None:
    text = SECTIONS[section](120, unicode=False)
    assert text.isascii()
    assert "#" in text or section == "cross-check"


def test_names_in_another_script_do_not_break_an_ascii_terminal() -> None:
    assert layers_text(HOSTILE_PROFILE, 80, unicode=False).isascii()


@pytest.mark.parametrize(
    ("encoding", "shown"), [("utf-8", True), ("ascii", False), ("latin-1", False), (None, False), ("no-such", False)]
)
def test_what_a_stream_can_show_is_tried(encoding: str | None, shown: bool) -> None:
    assert shows_unicode(encoding) is shown


@pytest.mark.parametrize("section", SECTIONS)
def test_colour_adds_escapes_and_nothing_else(section: str) -> None:
    plain, colored = SECTIONS[section](120), SECTIONS[section](120, color=True)
    assert "\x1b" not in plain
    assert colored.startswith("\x1b[1m")
    assert re.sub(r"\x1b\[\d+m", "", colored) == plain


def test_alarms_are_red() -> None:
    assert re.search(r"^\x1b\[31m.*UNEXPLAINED ", crosscheck_text([TORCH], width=120, color=True), re.MULTILINE)
    assert re.search(r"^\x1b\[31mwarning", benchmark_text([GPU], width=120, color=True), re.MULTILINE)


# Start-up


def modules_after(program: str) -> set[str]:
    root = Path(__file__).parents[2]
    program += "\nimport sys\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_layer_table_loads_little() -> None:
    modules = modules_after("from netstat.reports.table import layers_text")
    assert modules.isdisjoint(
        {"json", "wcwidth", "importlib.metadata", "email", "numpy", "matplotlib", "netstat.records.benchmark"}
    )
