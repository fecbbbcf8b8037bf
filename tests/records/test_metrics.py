"""What experiment trackers are given: numbers by name."""

from dataclasses import replace
from re import fullmatch

import netstat
from tests.reports.samples import CHECKS, CPU, FULL_PROFILE, GPU, HOSTILE_PROFILE, MACS, PARAMS


def test_metrics_are_the_totals_and_what_was_checked_and_timed() -> None:
    profile = replace(FULL_PROFILE, crosscheck=CHECKS.crosscheck, benchmarks=(CPU, GPU))
    found = profile.metrics()
    assert (found["params"], found["macs"], found["complete"]) == (PARAMS, MACS, 1)
    assert (found["thop/unexplained"], found["torch/unexplained"]) == (0, 7)
    assert "fvcore/reported" not in found  # it could not be run
    assert (found["cpu/median_seconds"], found["cpu/reliable"]) == (CPU.median_seconds, 1)
    assert (found["cuda-0/examples_per_second"], found["cuda-0/reliable"]) == (GPU.examples_per_second, 0)


def test_every_metric_is_a_number_under_a_name_that_trackers_take() -> None:
    found = FULL_PROFILE.metrics()
    assert {type(value) for value in found.values()} == {int, float}
    assert [name for name in found if not fullmatch(r"[\w./ -]+", name)] == []


def test_a_profile_that_is_not_complete_says_so() -> None:
    assert HOSTILE_PROFILE.metrics()["complete"] == 0


def test_a_prefix_begins_every_name() -> None:
    found = netstat.profile("lenet").metrics("netstat/")
    assert found["netstat/params"] == netstat.profile("lenet").totals.params
    assert all(name.startswith("netstat/") for name in found)
