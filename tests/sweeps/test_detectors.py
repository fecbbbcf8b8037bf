"""A detector is taken apart as its published figure is put together."""

import pytest
from torch import nn

from netstat import profile
from tests.sweeps.detectors import Parts, freeze

pytestmark = [pytest.mark.torch]


def test_freezing_makes_buffers_of_parameters_and_changes_no_mac() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sequential(nn.BatchNorm2d(4)), nn.BatchNorm2d(4))
    before = profile(model, (3, 8, 8)).totals
    freeze(model)
    after = profile(model, (3, 8, 8)).totals
    assert (before.macs, before.params) == (after.macs, after.params + 2 * (4 + 4))


def test_numbers_of_regions_are_found_by_the_rounded_sum() -> None:
    parts = Parts(image=120_020_169_216, proposal=13_903_872, detection=3_495_460_864)
    assert parts.macs(1000, 1) == 137_419_502_080
    assert parts.ways_to(137.42) == [(1000, 1)]
    assert Parts(image=1_000_000_000).ways_to(1.0) == [(0, 0)]
    assert Parts(image=1_000_000_000).ways_to(1.001) == []
