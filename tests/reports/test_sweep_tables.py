"""Ways to run a model side by side: in the terminal, and as a chart."""

from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from netstat.records.benchmark import Benchmarks, Failure, compared
from netstat.reports._tables import tables
from netstat.reports.table import record_text
from tests.reports.samples import CPU


def way(batch: int, seconds: float, **settings: object) -> object:
    return replace(
        CPU,
        batch=batch,
        median_seconds=seconds,
        ci95_seconds=(0.9 * seconds, 1.1 * seconds),
        examples_per_second=batch / seconds,
        **settings,  # type: ignore[arg-type]
    )


SWEEP = Benchmarks(
    "alexnet",
    (way(1, 0.02), way(4, 0.04), way(8, 0.1, reliable=False, warnings=("cpu_starved",))),  # type: ignore[arg-type]
    {},
    (Failure("batch 8, float32, compile", "no compiler"),),
)


def test_the_fastest_way_by_example_is_one_and_the_others_are_multiples_of_it() -> None:
    assert [round(relative, 9) for _, relative in compared(SWEEP.benchmarks)] == [2.0, 1.0, 1.25]


@pytest.mark.parametrize("width", [80, 120])
def test_a_sweep_is_one_table_without_layers(width: int) -> None:
    text = record_text(SWEEP, width)
    assert all(len(line) <= width for line in text.splitlines())
    assert "features.0" not in text
    for said in ("20 ms", " 2.00 ", " 1.25 ", "1 of 3: the process got less CPU time", "no compiler"):
        assert said in text


WITH_INTERVALS = replace(SWEEP, relative_ci95=((1.95, 2.04), None, (0.97, 1.6)))


def test_the_summary_says_how_much_faster_the_fastest_is_and_what_cannot_be_told_from_it() -> None:
    said = [(label, words) for label, words in tables(WITH_INTERVALS)[0].notes if label in ("fastest", "")]
    assert said == [
        ("fastest", "batch 4 ran"),
        ("", "1.25 ± 0.35 times faster per example than batch 8, which cannot be told from equally fast"),
        ("", "2.00 ± 0.05 times faster per example than batch 1"),
    ]
    assert "2.00 ± 0.05" in record_text(WITH_INTERVALS, 120).splitlines()[3]


def test_a_way_without_an_interval_is_left_out_of_the_summary() -> None:
    notes = tables(replace(SWEEP, relative_ci95=(None, None, (1.2, 1.3))))[0].notes
    assert [words for label, words in notes if label == ""] == ["1.25 ± 0.05 times faster per example than batch 8"]


def test_without_intervals_nothing_is_called_the_fastest() -> None:
    assert "fastest" not in dict(tables(SWEEP)[0].notes)


def test_what_all_ways_have_in_common_is_said_once() -> None:
    (table,) = tables(SWEEP)
    assert table.title == "times · alexnet · cpu · float32 · 2 threads"
    assert [column.name for column in table.columns][:2] == ["batch", "median"]


def test_one_way_has_its_layers_and_no_comparison() -> None:
    (table,) = tables(replace(SWEEP, benchmarks=(CPU,), failures=()))
    assert any("features.0" in row for group in table.groups for row in group)


def test_a_second_look_stands_beside_the_first() -> None:
    both = replace(SWEEP, benchmarks=(CPU, replace(CPU, threads=1, second_look=True)), failures=())
    first, *rest = tables(both)
    assert first.title.startswith("times")
    assert [table.title.endswith("second look") for table in rest] == [False, True]


def test_a_chart_has_a_line_per_way_and_a_point_per_batch() -> None:
    slower = replace(SWEEP.benchmarks[0], threads=1)
    swept = replace(SWEEP, benchmarks=(*SWEEP.benchmarks, slower))
    axes = swept.plot("latency-throughput", Figure().subplots())
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["2 threads", "1 thread"]
    assert sorted(text.get_text() for text in axes.texts) == ["1", "1", "4", "8"]
    hollow = [line for line in axes.lines if line.get_markerfacecolor() == "white"]
    assert len(hollow) == 1
