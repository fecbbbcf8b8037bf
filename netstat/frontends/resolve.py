"""From what the user typed or handed over to a Subject."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any

from netstat.errors import ModelError, UsageError, said
from netstat.frontends.freezing import selected
from netstat.frontends.selection import AS_IT_IS, Selection
from netstat.frontends.subject import Inputs, Subject, built_in, of_model
from netstat.graph import Graph
from netstat.models import MODELS
from netstat.registry import unknown

LIBRARIES = ("torchvision", "timm")
# Which module reads which files.
FILES = {
    ".onnx": "onnx_file",
    ".pt2": "exported",
    ".safetensors": "checkpoint",
    ".pt": "checkpoint",
    ".pth": "checkpoint",
    ".bin": "checkpoint",
}
STACK = "stack:"  # layers in one line: conv3x3-256 x3
CONFIG = "hf:"  # a configuration file of the transformers library, which would otherwise look like a saved result


def resolve(model: Any, inputs: Inputs, *, training: bool = False, selection: Selection = AS_IT_IS) -> Subject:
    """The subject a user means.

    Args:
        model: a Graph, a torch.nn.Module or callable, or text: a built-in model, a torchvision name, `timm:NAME`,
            `package.module:factory`, `path/to/file.py:factory` or `hf:path/to/config.json`, each with options in
            brackets: `alexnet(num_classes=10)`; `stack: LAYERS`; or a file: `.onnx`, `.pt2`, `.safetensors`, `.pt`,
            `.pth`, `.bin`.
        inputs: what the user said about the inputs.
        training: whether to count the training-mode forward pass.
        selection: which parameters are trained.

    Raises:
        UsageError: no such model or option, or a pattern that matches no parameter.
        ModelError: the model could not be built or captured.
        ShapeError: the input does not fit.
    """
    subject = _resolved(os.fspath(model) if isinstance(model, os.PathLike) else model, inputs, training)
    if inputs.fully_convolutional:
        name = f"{subject.graph.model} (fully convolutional)"
        subject = subject._replace(graph=replace(subject.graph, model=name))
    return selected(subject, selection)


def _resolved(model: Any, inputs: Inputs, training: bool) -> Subject:
    if isinstance(model, Graph):
        if inputs != Inputs():
            raise UsageError("a Graph has its inputs already; give the model to count it at others")
        return Subject(model, _no_module, _no_module, owned=True)
    if isinstance(model, str):
        return _by_name(model, inputs, training)._replace(named=(model, inputs))
    if not callable(model):
        raise UsageError(f"this {type(model).__name__} is no model; give a name, a torch.nn.Module or a callable")
    from netstat.frontends.modules import module_subject

    return module_subject(model, "", inputs, training)


def _no_module() -> Any:
    raise ModelError("a Graph has no module to run; give the model it was made from")


def is_saved(name: str) -> bool:
    """Whether a name is that of a saved result."""
    return name.endswith(".json") and not name.startswith(CONFIG)


def _by_name(text: str, inputs: Inputs, training: bool) -> Subject:
    if text.startswith(STACK):
        return _stack(text.removeprefix(STACK), inputs, training)
    if suffix := next(filter(text.endswith, FILES), ""):
        if inputs.fully_convolutional:
            raise UsageError(f"'{text}' is a file, of which the sizes are settled; name the model it was made from")
        subject: Subject = import_module(f"netstat.frontends.{FILES[suffix]}").subject(text, inputs, training=training)
        return subject
    name, options = parse_call(text)
    subject = _called(name, options, inputs, training)
    if not options:
        return subject
    graph = replace(subject.graph, model=subject.graph.model + text.removeprefix(name))
    return subject._replace(graph=graph)


def _stack(text: str, inputs: Inputs, training: bool) -> Subject:
    from netstat.models.stacks import stack

    channels = inputs.shapes[0][0][0] if inputs.shapes else None
    return of_model(stack(text, channels), {}, inputs, training)


def _called(name: str, options: Mapping[str, Any], inputs: Inputs, training: bool) -> Subject:
    if name in MODELS:
        return built_in(name, options, inputs, training)
    if name.startswith(CONFIG):
        from netstat.frontends.huggingface import subject

        return subject(name.removeprefix(CONFIG), options, inputs, training=training)
    library, colon, rest = name.partition(":")
    if colon and library not in LIBRARIES:
        return _factory(name, options, inputs, training)
    if is_saved(name):
        raise UsageError(f"'{name}' is a saved result, which only profile and compare read; give the model itself")
    if name.endswith(".py"):
        raise UsageError(f"'{name}' is a file; name the class or function in it that makes the model: {name}:NAME")
    return _from_library(
        library if colon else "torchvision", rest if colon else name, colon != "", options, inputs, training
    )


def _from_library(
    library: str, name: str, stated: bool, options: Mapping[str, Any], inputs: Inputs, training: bool
) -> Subject:
    from netstat.frontends import modules, torchvision_models

    if not stated and name not in torchvision_models.names():
        names = [*MODELS.names(), *torchvision_models.names()]
        raise UsageError(unknown("model", name, names, "netstat list models shows what there is"))
    make = modules.named(library, name)
    default = torchvision_models.native(name, options) if library == "torchvision" else None
    return modules.factory_subject(make, name, options, inputs, training, default)


def parse_call(text: str) -> tuple[str, dict[str, Any]]:
    """`name(key=value, …)` as name and options; values are Python literals, nothing is evaluated.

    Raises:
        UsageError: the brackets hold anything else.
    """
    name, bracket, rest = text.partition("(")
    if not bracket:
        return text, {}
    import ast

    try:
        call = ast.parse(f"f({rest}", mode="eval").body
        if not isinstance(call, ast.Call) or call.args or any(keyword.arg is None for keyword in call.keywords):
            raise ValueError
        return name, {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (SyntaxError, ValueError):
        raise UsageError(f"'{text}': options are written as in {name or 'alexnet'}(num_classes=10)") from None


def _factory(name: str, options: Mapping[str, Any], inputs: Inputs, training: bool) -> Subject:
    from netstat.frontends.modules import factory_subject

    place, _, attribute = name.rpartition(":")
    with _importable(os.path.dirname(place) if place.endswith(".py") else ""):  # noqa: PTH120
        return factory_subject(load_factory(place, attribute), attribute, options, inputs, training)


@contextmanager
def _importable(folder: str) -> Iterator[None]:
    """Modules in `folder` can be imported, as by a script that lies there."""
    path = os.path.abspath(folder)  # noqa: PTH100  pathlib is slow to load
    sys.path.insert(0, path)
    try:
        yield
    finally:
        with suppress(ValueError):  # the user's code has taken it out
            sys.path.remove(path)


def load_factory(place: str, name: str) -> Callable[..., Any]:
    """The class or function `name` of a module or Python file. Runs that module's code: the user named it.

    Raises:
        ModelError: the module cannot be imported, or has no such name.
    """
    if place.endswith(".py") and not os.path.isfile(place):  # noqa: PTH113
        raise ModelError(f"cannot import '{place}': there is no such file")
    try:
        module = _file(place) if place.endswith(".py") else import_module(place)
    except (Exception, SystemExit) as error:
        raise ModelError(f"cannot import '{place}': {said(error)}") from error
    found = getattr(module, name, None)
    if found is None:
        offered = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        raise ModelError(unknown("factory", name, offered, f"'{place}' has no class or function of that name"))
    if not callable(found):
        raise ModelError(
            f"'{name}' in '{place}' is no class or function that makes a model, but {type(found).__name__}"
        )
    return found  # type: ignore[no-any-return]


def _file(path: str) -> ModuleType:
    from importlib.util import module_from_spec, spec_from_file_location

    name = os.path.basename(path).removesuffix(".py")  # noqa: PTH119
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    listed = sys.modules.setdefault(name, module) is module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        if listed:
            del sys.modules[name]
        raise
    return module
