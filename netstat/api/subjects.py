"""A model as its user gave it, resolved, and what is done with it: counted, held against other counters, timed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from netstat.conventions import CONVENTIONS
from netstat.errors import IncompleteError, ModelError, UsageError
from netstat.frontends.inputs import InputShape, inputs_of
from netstat.frontends.resolve import resolve
from netstat.frontends.selection import AS_IT_IS, Selection
from netstat.frontends.subject import Shape, Subject, check_by_position, check_positive, runnable
from netstat.graph import PARAMETER
from netstat.records import Profile, Record, load

LIGHT_MACS = 2_000_000_000
LIGHT_BYTES = 2**28

if TYPE_CHECKING:
    from netstat.cost import Cost
    from netstat.graph import Graph
    from netstat.measure.benchmark import Outcome
    from netstat.measure.configuration import Configuration
    from netstat.measure.sampling import Progress
    from netstat.measure.settings import Settings
    from netstat.records.benchmark import Benchmarks
    from netstat.records.crosscheck import CrossChecks
    from netstat.records.forecast import Forecasts


def subject_of(
    model: Any,
    input_shape: InputShape = None,
    batch: int = 1,
    dtype: str = "float32",
    args: Sequence[Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    training: bool = False,
    fully_convolutional: bool | Shape = False,
    selection: Selection = AS_IT_IS,
) -> Subject:
    """The model that a user named or handed over, resolved; arguments as for `netstat.profile`."""
    inputs = inputs_of(input_shape, batch, dtype, args, kwargs, fully_convolutional)
    return resolve(model, inputs, training=training, selection=selection)


def profile_subject(
    subject: Subject,
    convention: str = "documents",
    depth: int | None = None,
    *,
    backward: bool = False,
    sparse: bool = False,
    overlapping: bool = False,
) -> Profile:
    """The profile of a resolved model; raises UsageError for a depth or a convention that it cannot have."""
    from netstat.analysis.profile import profile as analyse

    if depth is not None and depth < 1:
        raise UsageError(f"depth must be 1 or more, got {depth}")
    chosen, graph = CONVENTIONS[convention], subject.graph
    if chosen.scope and not (graph.device or graph.calls):
        raise UsageError(f"{convention} counts what torch runs, and nothing of '{graph.model}' was: name another one")
    if sparse:
        graph = _pruned(subject, convention)
    made = analyse(graph, chosen, depth=depth, backward=backward, sparse=sparse, overlapping=overlapping)
    if not any(subject.selection) and not (backward and made.totals.frozen_params):
        return subject.sign(made)
    from netstat.analysis.freezing import freezing

    return subject.sign(replace(made, freezing=freezing(graph, subject.selection, sparse=sparse)))


def _pruned(subject: Subject, convention: str) -> "Graph":
    """The graph with what pruning masks keep of its parameters."""
    from netstat.frontends.pruning import pruned
    from netstat.peers import PEERS

    if convention in PEERS:
        raise UsageError(f"{convention} counts what is executed, masked or not; leave out either it or sparse")
    return pruned(subject.graph, subject.module)


def check_complete(profile: Profile) -> None:
    """Refuse a profile whose totals are lower bounds.

    Raises:
        IncompleteError: it has operators without a formula; names them.
    """
    if not profile.complete:
        named = list(dict.fromkeys(f"{entry.op} in {entry.path or '(model)'}" for entry in profile.uncounted))
        more = f" and {len(named) - 3:,} more" if len(named) > 3 else ""
        raise IncompleteError(f"no formula for {', '.join(named[:3])}{more}: the totals are lower bounds")


def saved_profile(path: str, *, anew: bool = False) -> Profile:
    """The profile saved at `path`.

    Args:
        path: a JSON file.
        anew: whether the caller also says how to count.

    Raises:
        ModelError: there is no such file, or netstat did not write it.
        UsageError: it holds something else, or cannot be counted anew.
    """
    record = saved_record(path, anew=anew)
    if not isinstance(record, Profile):
        raise UsageError(f"'{path}' holds a {record.kind}, not a profile")
    return record


def saved_result(path: str, *, anew: bool = False) -> "Profile | Benchmarks":
    """The profile or the times saved at `path`; arguments and errors as for `saved_profile`."""
    from netstat.records.benchmark import Benchmarks

    record = saved_record(path, anew=anew)
    if not isinstance(record, (Profile, Benchmarks)):
        raise UsageError(f"'{path}' holds a {record.kind}, neither a profile nor a benchmark")
    return record


def saved_record(path: str, *, anew: bool = False) -> Record:
    """What is saved at `path`, of any kind; arguments and errors as for `saved_profile`."""
    if anew:
        raise UsageError(f"'{path}' is a saved result and stays as it was counted; name the model to count it anew")
    return load(path)


def crosscheck_subject(
    subject: Subject,
    against: Sequence[str] | None = None,
    progress: "Progress | None" = None,
    *,
    time_limit: float = 120,
    evaluated: Callable[[], Subject] | None = None,
) -> "CrossChecks":
    """The cross-check of a resolved model.

    Args:
        subject: the model; in training mode where peers are to count that.
        against, time_limit: as for `crosscheck`.
        progress: called with a label and the share that is done.
        evaluated: makes the same in evaluation mode, for peers that count nothing else; None where `subject` is.

    Raises:
        ModelError: peers cannot run the model, or have no pass to count.
    """
    from netstat.analysis.crosscheck import crosscheck as settle
    from netstat.ops import node_cost
    from netstat.peers import PEERS, example_inputs, run
    from netstat.records.crosscheck import CrossChecks

    names = list(PEERS.names() if against is None else against)
    peers = [PEERS[name] for name in names]
    module, inputs = runnable(subject, subject.outline()), example_inputs(subject.graph.inputs, device="meta")
    if subject.graph.device == "meta":  # the capture did without values, and so can peers: theirs need not be copied
        from netstat.frontends.shadow import shadow

        module = shadow(module, lambda tensor: tensor.detach().to("meta"))
    graph, training = subject.graph, subject.graph.training
    other = graph
    if training and any(peer.convention.evaluates for peer in peers):
        other = _evaluation(evaluated)
    costs = {id(each): [node_cost(node) for node in each.nodes] for each in (graph, other)}
    checks = []
    for i, (name, peer) in enumerate(zip(names, peers, strict=True)):
        if progress:
            progress(f"running {name}", i / len(names))
        seen = other if peer.convention.evaluates else graph
        light = _is_light(seen, costs[id(seen)])
        count = run(name, module, inputs, training=training, time_limit=time_limit, light=light)
        checks.append(settle(seen, peer.convention, count, costs[id(seen)]))
    return subject.sign(CrossChecks(subject.graph.model, tuple(checks), training))


def _is_light(graph: "Graph", costs: "Sequence[Cost | None]") -> bool:
    """Whether the forward pass takes a fraction of a second and of a gigabyte on any machine."""
    made = sum(spec.nbytes for node in graph.nodes for spec in node.outputs)
    return made <= LIGHT_BYTES and all(costs) and sum(cost.macs for cost in costs if cost) <= LIGHT_MACS


def _evaluation(evaluated: Callable[[], Subject] | None) -> "Graph":
    """The evaluation pass, beside a training pass.

    Raises:
        ModelError: nobody makes it.
    """
    if evaluated is None:
        raise ModelError("some peers count the evaluation pass only, and this graph is of the training pass")
    return evaluated().graph


class Ways(NamedTuple):
    """Ways to run a model, of which every combination is timed.

    Attributes:
        devices: cpu, cuda, cuda:N.
        batches: leading dimensions of every input; none for the subject's own.
        dtypes: number formats, as `netstat.measure.precision` names them.
        threads: CPU threads of an operator; None for torch's choice.
        memory_formats: contiguous, channels_last.
        modes: eager, compile, cuda-graph.
    """

    devices: Sequence[str] = ("cpu",)
    batches: Sequence[int] = ()
    dtypes: Sequence[str] = ("float32",)
    threads: Sequence[int | None] = (None,)
    memory_formats: Sequence[str] = ("contiguous",)
    modes: Sequence[str] = ("eager",)


@contextmanager
def benchmark_begun(
    subject: Subject, ways: Ways, *, settings: "Settings | None" = None
) -> "Iterator[Callable[[Progress | None], Benchmarks]]":
    """Begin to time a resolved model, each way of running it in turn with the others; what is yielded finishes it.

    What the processes import is imported meanwhile.

    Raises:
        UsageError: a way that there is not.
        ModelError: the model cannot be run at all; one way among several that fails is kept as a failure.
    """
    from netstat.measure.benchmark import begun
    from netstat.measure.settings import DEFAULT

    if subject.graph.training:
        raise ModelError("clocks run the evaluation pass, and this graph is of the training pass")
    check_by_position(subject)
    with begun(subject, _configurations(subject, ways), settings or DEFAULT) as time:
        yield lambda progress: subject.sign(_record(subject.graph.model, time, progress))


def _record(model: str, time: "Callable[[Progress], Outcome]", progress: "Progress | None") -> "Benchmarks":
    from netstat.analysis.relative import relative_intervals
    from netstat.measure.sampling import silent
    from netstat.records.benchmark import Benchmarks, Failure

    outcome = time(progress or silent)
    failures = tuple(Failure(each.words, str(error)) for each, error in outcome.failures)
    intervals = relative_intervals(outcome.benchmarks)
    return Benchmarks(model, outcome.benchmarks, outcome.environment, failures, relative_ci95=intervals)


def benchmark_subject(
    subject: Subject, ways: Ways, *, settings: "Settings | None" = None, progress: "Progress | None" = None
) -> "Benchmarks":
    """Times of a resolved model, as `benchmark_begun` has them."""
    with benchmark_begun(subject, ways, settings=settings) as time:
        return time(progress)


def _configurations(subject: Subject, ways: Ways) -> "list[Configuration]":
    from netstat.measure.configuration import Configuration, at_batch

    inputs = subject.graph.inputs
    for batch in ways.batches:
        check_positive((), batch)
    fed = [at_batch(inputs, batch) for batch in ways.batches] or [inputs]
    found = (
        Configuration(specs, device, dtype, threads, memory_format, mode)
        for device, specs, dtype, threads, memory_format, mode in product(
            ways.devices, fed, ways.dtypes, ways.threads, ways.memory_formats, ways.modes
        )
    )
    return list(dict.fromkeys(found))


def forecast_subject(
    subject: Subject, devices: Sequence[str], dtype: str = "fp32", *, training: bool = False
) -> "Forecasts":
    """What devices are expected to take for a resolved model, the tensors of which are of `dtype`.

    Raises:
        UsageError: nothing is on record for a device, or it has no peak in this dtype.
        ModelError: there is no forward pass to forecast.
    """
    from netstat.analysis.devices import DTYPES, specification
    from netstat.analysis.forecast import forecast
    from netstat.records.forecast import Forecasts
    from netstat.registry import unknown

    if dtype not in DTYPES:
        raise UsageError(unknown("dtype", dtype, DTYPES))
    if all(node.op == PARAMETER for node in subject.graph.nodes):
        raise ModelError(f"'{subject.graph.model}' has no forward pass to forecast; name a model, not its parameters")
    (subject.selection.check_trains(subject.graph) if training else subject.selection.check_idle())
    chosen = [specification(device) for device in devices]
    made = (forecast(subject.graph, device, dtype, training=training) for device in chosen)
    return subject.sign(Forecasts(subject.graph.model, tuple(made)))
