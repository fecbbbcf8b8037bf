"""Budgets and their verdicts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netstat
from netstat.analysis.check import HEAVIEST, PER_LAYER, Budget, Evidence, checked, verdict
from netstat.errors import UsageError
from netstat.records.check import FIGURES, OVER, UNKNOWN, WITHIN, CountBudget, LatencyBudget
from netstat.records.profile import Layer, Profile
from tests.reports.samples import ALEXNET_PROFILE, CPU, HOSTILE_PROFILE, profile_of

BEST_FIRST = (WITHIN, UNKNOWN, OVER)
AMOUNTS = st.integers(0, 10**6)


def count(profile: Profile, *budget: object) -> CountBudget:
    (found,) = checked(Evidence(profile.model, profile.inputs, profile), [Budget(*budget)]).counts
    return found


def latency(limit: float, **measured: object) -> LatencyBudget:
    timed = replace(CPU, median_seconds=0.046, ci95_seconds=(0.045, 0.047), **measured)
    (found,) = checked(Evidence("alexnet", benchmarks=[timed]), [Budget("latency", limit)]).latencies
    return found


@given(AMOUNTS, st.none() | AMOUNTS, AMOUNTS, AMOUNTS)
def test_a_higher_limit_never_makes_a_verdict_worse(least: int, more: int | None, limit: int, higher: int) -> None:
    most = None if more is None else least + more
    worse, better = verdict(least, most, limit), verdict(least, most, limit + higher)
    assert BEST_FIRST.index(better) <= BEST_FIRST.index(worse)


@given(AMOUNTS, AMOUNTS)
def test_an_exact_figure_is_always_told(figure: int, limit: int) -> None:
    assert verdict(figure, figure, limit) == (OVER if figure > limit else WITHIN)


@given(AMOUNTS, AMOUNTS)
def test_a_lower_bound_alone_keeps_no_budget(least: int, limit: int) -> None:
    assert verdict(least, None, limit) == (OVER if least > limit else UNKNOWN)


@pytest.mark.parametrize("figure", [name for name in FIGURES if name not in ("latency", "training_peak_bytes")])
def test_a_limit_is_kept_up_to_the_last_one(figure: str) -> None:
    memory = netstat.memory("alexnet", training=False)
    amount = memory.inference_peak_bytes if "peak" in figure else getattr(netstat.profile("alexnet").totals, figure)
    assert netstat.check("alexnet", **{f"max_{figure}": amount}).passed
    assert netstat.check("alexnet", **{f"max_{figure}": amount - 1}).verdict == OVER


@pytest.mark.torch
@pytest.mark.slow
def test_a_training_step_has_a_budget_of_its_own() -> None:
    amount = netstat.memory("alexnet", optimizer="adam").training_peak_bytes
    assert netstat.check("alexnet", max_training_peak_bytes=amount, optimizer="adam").passed
    assert netstat.check("alexnet", max_training_peak_bytes=amount - 1, optimizer="adam").verdict == OVER


@pytest.mark.parametrize("figure", PER_LAYER)
def test_a_module_has_what_its_layers_have_together(figure: str) -> None:
    profile = netstat.profile("vgg11_bn")
    parts = [count(profile, figure, 0, module) for module in ("features", "classifier")]
    assert sum(part.at_least for part in parts) == getattr(profile.totals, figure) - count_outside(profile, figure)
    assert all(len(part.heaviest) == HEAVIEST for part in parts)


def count_outside(profile: Profile, figure: str) -> int:
    inside = ("features", "classifier")
    return sum(getattr(row, figure) for row in profile.layers if row.path.partition(".")[0] not in inside)


def test_a_lower_bound_says_so_and_an_upper_one_is_used() -> None:
    bounded = replace(HOSTILE_PROFILE, totals=replace(HOSTILE_PROFILE.totals, flops_at_most=5_000))
    assert count(bounded, "flops", 5_000).verdict == WITHIN
    assert count(bounded, "flops", 4_999).verdict == UNKNOWN
    assert count(bounded, "macs", 10**9).reason == "operators have no formula, so this is a lower bound"
    assert count(bounded, "params", 87).verdict == WITHIN


def test_a_layer_without_a_formula_keeps_no_budget_of_its_own() -> None:
    assert count(HOSTILE_PROFILE, "macs", 1, "my_op").verdict == UNKNOWN
    assert count(HOSTILE_PROFILE, "params", 7, "my_op").verdict == WITHIN


def test_a_file_of_parameters_has_no_work_that_could_keep_a_budget() -> None:
    alone = replace(profile_of("weights", ALEXNET_PROFILE.layers[:1]), complete=False)
    assert count(alone, "params", 23_296).verdict == WITHIN
    for figure in ("macs", "flops", "activation_bytes"):
        assert count(alone, figure, 10**12).verdict == UNKNOWN


def test_a_layer_that_is_called_twice_weighs_once() -> None:
    layer: Layer = ALEXNET_PROFILE.layers[0]
    twice = profile_of("twice", (layer, replace(layer, call=1, repeated_params=layer.params)))
    assert [weight.call for weight in count(twice, "params", 1).heaviest] == [0]
    assert [weight.call for weight in count(twice, "macs", 1).heaviest] == [0, 1]


@pytest.mark.parametrize(
    ("limit", "said"), [(0.048, WITHIN), (0.047, WITHIN), (0.0465, UNKNOWN), (0.045, UNKNOWN), (0.044, OVER)]
)
def test_a_latency_is_told_from_its_limit_by_the_whole_interval(limit: float, said: str) -> None:
    assert latency(limit).verdict == said


def test_a_measurement_that_is_not_reliable_keeps_and_breaks_nothing() -> None:
    for limit in (0.001, 1.0):
        doubtful = latency(limit, reliable=False, warnings=("noisy", "unusable"))
        assert doubtful.reason == "the measurement is not reliable: noisy, unusable"
        assert latency(limit, samples=(0.046,) * 5).verdict == UNKNOWN


def test_a_second_look_is_no_measurement_that_was_asked_for() -> None:
    second = replace(CPU, second_look=True)
    found = checked(Evidence("alexnet", benchmarks=[CPU, second]), [Budget("latency", 1.0)])
    assert len(found.latencies) == 1


@pytest.mark.parametrize("limit", [float("nan"), -1.0, 0.0, float("inf"), 1.5, True, "x", [], {"*": None}])
def test_a_limit_that_cannot_be_is_refused(limit: object) -> None:
    with pytest.raises(UsageError):
        netstat.check("lenet", max_latency=limit if limit != 1.5 else None, max_macs=limit)


def test_a_budget_of_layers_that_are_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match=r"unknown layer 'features\.99'; did you mean"):
        netstat.check("alexnet", max_macs={"features.99": 1})
