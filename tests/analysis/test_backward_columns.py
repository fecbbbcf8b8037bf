"""The multiply-accumulates of the backward pass beside those of the forward pass."""

from dataclasses import replace

from netstat import profile
from netstat.reports.table import layers_text


def test_nobody_asked_for_the_backward_pass() -> None:
    p = profile("alexnet")
    assert p.totals.backward_macs is None
    assert {row.backward_macs for row in p.layers} == {None}
    assert "backward" not in layers_text(p, 200)


def test_what_was_asked_for_is_a_column_and_a_total() -> None:
    p = profile("alexnet")
    layers = tuple(replace(row, backward_macs=2 * row.macs) for row in p.layers)
    p = replace(p, layers=layers, totals=replace(p.totals, backward_macs=2 * p.totals.macs))
    text = layers_text(p, 200)
    assert "backward MACs" in text.splitlines()[1]
    assert f"{2 * p.totals.macs:,}" in text
    assert p.tree()[0].layer.backward_macs == 2 * p.tree()[0].layer.macs


def test_a_linear_layer_takes_its_macs_for_its_weight_and_again_for_its_input() -> None:
    p = profile("alexnet", backward=True)
    assert p.totals.backward_macs == sum(row.backward_macs or 0 for row in p.layers)
    macs = {row.path: (row.macs, row.backward_macs) for row in p.layers if row.macs}
    assert macs["features.0"][1] == macs["features.0"][0]  # the image wants no gradient
    assert all(back == 2 * forward for path, (forward, back) in macs.items() if path != "features.0")
    folded = profile("alexnet", backward=True, depth=1)
    assert folded.totals.backward_macs == p.totals.backward_macs
    assert sum(row.backward_macs or 0 for row in folded.layers) == p.totals.backward_macs
