"""What a training step computes, and the forecast from it: exact, and the arithmetic as torch counts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat.analysis.profile import profile
from netstat.analysis.training import forecast, work_of
from netstat.conventions import CONVENTIONS
from netstat.errors import UsageError
from netstat.frontends.subject import Inputs, built_in


@given(st.integers(1, 100), st.integers(1, 10**6), st.integers(1, 1024))
def test_every_image_is_in_a_step_of_every_epoch_and_no_step_is_empty(epochs: int, images: int, batch: int) -> None:
    made = forecast(epochs, images, batch=batch, seconds=0.5, ci95=(0.25, 1.0))
    assert made is not None
    assert epochs * images <= made.steps * batch < epochs * (images + batch)
    assert (made.seconds, made.ci95_seconds) == (made.steps * 0.5, (made.steps * 0.25, made.steps * 1.0))


def test_the_documents_ten_epochs_are_4690_steps() -> None:
    made = forecast(10, 60_000, batch=128, seconds=1.0, ci95=(1.0, 1.0))
    assert made is not None
    assert made.steps == 4690  # 468 whole batches and one of 96, ten times


def test_nothing_asked_is_nothing_forecast() -> None:
    assert forecast(None, None, batch=1, seconds=1.0, ci95=(1.0, 1.0)) is None


@pytest.mark.parametrize(
    ("epochs", "images", "message"),
    [
        (10, None, "epochs without images"),
        (None, 10, "images without epochs"),
        (0, 10, "epochs must be 1 or more, got 0"),
        (10, -1, "images must be 1 or more, got -1"),
    ],
)
def test_half_a_forecast_is_refused(epochs: int | None, images: int | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        forecast(epochs, images, batch=1, seconds=1.0, ci95=(1.0, 1.0))


@pytest.mark.parametrize("name", ["lenet", "alexnet-d2l", "vgg11"])
def test_the_work_is_that_of_the_profile_and_of_its_layers(name: str) -> None:
    graph = built_in(name, {}, Inputs(batch=4)).graph
    work, counted = work_of(graph, [0]), profile(graph, CONVENTIONS["documents"], backward=True)
    assert (work.macs, work.backward_macs) == (counted.totals.macs, counted.totals.backward_macs)
    assert work.complete
    assert work.backward == {layer.path: layer.backward_macs for layer in counted.layers}
    assert sum(work.backward.values()) == work.backward_macs


def test_the_first_layer_has_no_gradient_of_its_input_and_the_others_have_both() -> None:
    graph = built_in("lenet", {}, Inputs(batch=4)).graph
    work, counted = work_of(graph, [0]), profile(graph, CONVENTIONS["documents"])
    factors = [work.backward[layer.path] / layer.macs for layer in counted.layers if layer.macs]
    assert factors == [1, 2, 2, 2, 2]


@pytest.mark.torch
def test_heads_that_are_not_differentiated_add_nothing_on_the_way_back() -> None:
    torch = pytest.importorskip("torch")
    from netstat.frontends.pytorch import capture

    class Heads(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.body, self.main, self.aside = (torch.nn.Linear(8, 8) for _ in range(3))

        def forward(self, x: object) -> object:
            held = self.body(x)
            return self.main(held), self.aside(held)

    graph = capture(Heads(), (torch.empty(2, 8),))
    both, first = work_of(graph, [0, 1]), work_of(graph, [0])
    assert both.macs == first.macs == 3 * 2 * 64
    assert both.backward == {"body": 128, "main": 256, "aside": 256}
    assert first.backward == {"body": 128, "main": 256, "aside": 0}
