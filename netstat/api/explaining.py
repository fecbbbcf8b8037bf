"""Why the figures of a model are what they are, for Python users and the command of the same name."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from netstat.api.subjects import profile_subject, subject_of
from netstat.errors import ModelError
from netstat.frontends.inputs import InputShape
from netstat.frontends.subject import Subject
from netstat.graph import PARAMETER

if TYPE_CHECKING:
    from netstat.records.explanation import Explanations


def explain(
    model: Any,
    path: str | Sequence[str] = (),
    *,
    input_shape: InputShape = None,
    batch: int = 1,
    dtype: str = "float32",
    args: Sequence[Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    training: bool = False,
) -> "Explanations":
    """The derivation of every figure: formula, the layer's numbers in it, result.

    What is printed is the operators' own code, run on letters: there is no second copy of a formula. Each step is
    worked out anew and held against the profile's integer.

    Args:
        model: as for `profile`; a saved result does not say how its figures came about.
        path: of a layer ("features.0"), of a container ("features": all below it), a glob ("features.*"), or several;
            the whole model by default.
        input_shape, batch, dtype, args, kwargs, training: as for `profile`.

    Raises:
        UsageError: there is no such layer; offers the nearest.
        ShapeError, ModelError: as `profile`; a file of parameters alone has no forward pass to explain.
    """
    subject = subject_of(model, input_shape, batch, dtype, args, kwargs, training)
    return explain_subject(subject, [path] if isinstance(path, str) else path)


def explain_subject(subject: Subject, paths: Sequence[str] = ()) -> "Explanations":
    """The derivations of a resolved model; raises as `explain`."""
    if all(node.op == PARAMETER for node in subject.graph.nodes):
        raise ModelError(f"'{subject.graph.model}' has no forward pass to explain; name a model, not its parameters")
    from netstat.analysis.explanation import explanations

    return subject.sign(explanations(subject.graph, profile_subject(subject), paths))
