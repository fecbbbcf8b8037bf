"""What Python users call to hold a model to its budgets."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from netstat.analysis.check import Budget, Evidence, checked
from netstat.analysis.check import check as analyse
from netstat.api.budgets import Limit, budgets
from netstat.api.counting import saved
from netstat.api.needs import Plan, memory_subject
from netstat.api.subjects import Ways, benchmark_subject, profile_subject, saved_record, subject_of
from netstat.errors import UsageError
from netstat.frontends.inputs import InputShape, inputs_of
from netstat.frontends.selection import Patterns, selection
from netstat.frontends.subject import Inputs, Shape, Subject
from netstat.records import Profile, Record
from netstat.records.benchmark import Benchmarks
from netstat.records.memory import Memory

if TYPE_CHECKING:
    from netstat.measure.sampling import Progress
    from netstat.measure.settings import Settings
    from netstat.records.check import Check, Checked


def check(
    model: Any,
    input_shape: InputShape = None,
    *,
    batch: int = 1,
    dtype: str = "float32",
    device: str = "cpu",
    threads: int | None = None,
    optimizer: str = "sgd-momentum",
    amp: str = "",
    freeze: Patterns = (),
    train_only: Patterns = (),
    fully_convolutional: bool | Shape = False,
    settings: "Settings | None" = None,
    max_params: Limit | None = None,
    max_trainable_params: Limit | None = None,
    max_macs: Limit | None = None,
    max_flops: Limit | None = None,
    max_param_bytes: Limit | None = None,
    max_activation_bytes: Limit | None = None,
    max_inference_peak_bytes: Limit | None = None,
    max_training_peak_bytes: Limit | None = None,
    max_latency: Limit | None = None,
) -> "Check":
    """Whether a model keeps its budgets. `.passed` says so of all, `.checked[0].budgets` of each; nothing is raised.

    A count that is a lower bound (an operator has no formula), and a latency whose confidence interval has the limit in
    it, keep no budget and break none: they "cannot be told".

    Args:
        model, input_shape, batch, fully_convolutional: as for `profile`; or a saved profile, benchmark or memory.
        dtype, device, threads, settings: of the measurement, as for `benchmark`; only a latency is measured.
        optimizer, amp: of the training step whose memory is predicted, as for `memory`.
        freeze, train_only: which parameters are trained, as for `profile`.
        max_params, max_trainable_params, max_macs, max_flops: 70_000_000, "70M", or by layers: {"total": "800M",
            "features.*": "500M", "classifier": "60M"}. A glob, an operator's name or the path of a layer is for each
            layer it matches, the path of a module for that module as a whole.
        max_param_bytes, max_activation_bytes, max_inference_peak_bytes, max_training_peak_bytes: bytes, "500MiB".
        max_latency: seconds, "20ms".

    Raises:
        UsageError: no budget at all, one that cannot be, layers that there are not, a saved result without the figure.
        ShapeError, ModelError: as `profile` and `benchmark`.
    """
    given = {name.removeprefix("max_"): limit for name, limit in locals().items() if name.startswith("max_")}
    wanted = budgets(given)
    if path := saved(model):
        anew = inputs_of(input_shape, batch, dtype, None, None, fully_convolutional) != Inputs()
        return analyse([check_saved(path, wanted, anew=anew)])
    form, trained = fully_convolutional, selection(freeze, train_only)
    subject = subject_of(model, input_shape, batch, dtype, fully_convolutional=form, selection=trained)
    ways = Ways([device], dtypes=[dtype], threads=[threads])
    return analyse([check_subject(subject, wanted, Plan(dtype, optimizer, amp).checked(), ways, settings=settings)])


def check_subject(
    subject: Subject,
    wanted: Sequence[Budget],
    plan: Plan,
    ways: Ways,
    *,
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> "Checked":
    """The budgets of a resolved model; only what a budget asks for is predicted or measured."""
    figures = {budget.figure for budget in wanted}
    profile, memory, times = profile_subject(subject), None, None
    if figures & {"inference_peak_bytes", "training_peak_bytes"}:
        memory = memory_subject(subject, plan._replace(training="training_peak_bytes" in figures))
    if "latency" in figures:
        times = benchmark_subject(subject, ways, settings=settings, progress=progress).benchmarks
    return checked(Evidence(profile.model, profile.inputs, profile, memory, times), wanted)


def check_saved(path: str, wanted: Sequence[Budget], *, anew: bool = False) -> "Checked":
    """The budgets of a saved result; `anew` and errors are as for `saved_profile`."""
    return checked(_evidence(path, saved_record(path, anew=anew)), wanted)


def _evidence(path: str, record: Record) -> Evidence:
    if isinstance(record, Profile):
        return Evidence(record.model, record.inputs, record, None, record.benchmarks)
    if isinstance(record, Memory):
        return Evidence(record.model, record.inputs, memory=record)
    if isinstance(record, Benchmarks):
        return Evidence(record.model, benchmarks=record.benchmarks)
    raise UsageError(f"'{path}' holds a {record.kind}; a check is of a profile, a benchmark or memory")
