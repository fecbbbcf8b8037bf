"""What goes away because layers are frozen, as people read it."""

from netstat.reports.table import layers_text, record_text
from tests.reports.samples import FREEZING, FROZEN_MEMORY, FROZEN_PROFILE, HOSTILE_PROFILE, RECORDS, TRAINING

PROFILE = """\
fine-tuning · alexnet · freeze features
                            all trained  as frozen  goes away           goes %
--------------------------  -----------  ---------  ---------  ---------------
trained parameters                  100         25         75  ████▌   75.00 %
gradients of parameters           400 B      100 B      300 B  ████▌   75.00 %
state of SGD with momentum        400 B      100 B      300 B  ████▌   75.00 %
state of Adam                     800 B      200 B      600 B  ████▌   75.00 %
backward MACs                     1,000         10        990  ██████  99.00 %
backward FLOPs                    2,000         20      1,980  ██████  99.00 %

frozen    75 of 100 parameters
backward  ends at classifier.1, the first layer that a gradient reaches; two FLOPs per MAC
"""


def test_the_table_stands_below_the_layers_and_the_trainable_column_among_them() -> None:
    text = layers_text(FROZEN_PROFILE, 120)
    assert text.endswith(PROFILE)
    assert "trainable" in text.splitlines()[1]
    assert "trainable" not in layers_text(HOSTILE_PROFILE, 120).splitlines()[1]


def test_it_fits_a_narrow_terminal() -> None:
    assert max(map(len, layers_text(FROZEN_PROFILE, 80).splitlines())) <= 80


def test_memory_says_what_its_own_optimizer_keeps_and_what_the_step_needs() -> None:
    text = record_text(FROZEN_MEMORY, 120)
    lines = [line.split("  ")[0] for line in text.partition("fine-tuning")[2].splitlines()[3:10]]
    assert lines == [
        "trained parameters", "gradients of parameters", "state of sgd-momentum", "saved for backward",
        "peak of the step", "backward MACs", "backward FLOPs",
    ]  # fmt: skip


def test_work_that_is_a_lower_bound_has_no_difference() -> None:
    row = next(line for line in record_text(FROZEN_MEMORY, 120).splitlines() if line.startswith("backward MACs"))
    assert row.split() == ["backward", "MACs", "≥9", "≥1", "-"]


def test_a_training_step_says_it_too() -> None:
    frozen = RECORDS["training steps with layers frozen"]
    assert FREEZING in [step.freezing for step in frozen.training]  # type: ignore[attr-defined]
    assert "fine-tuning" in record_text(frozen)
    assert "fine-tuning" not in record_text(TRAINING)


def test_what_no_gradient_reaches_is_said() -> None:
    text = layers_text(RECORDS["a hostile profile with layers frozen"], 120)  # type: ignore[arg-type]
    assert "no gradient reaches any layer" in text
