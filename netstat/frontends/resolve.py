"""From what the user typed or handed over to a Subject."""

import ast
from collections.abc import Callable, Mapping
from typing import Any

from netstat.errors import ModelError, UsageError
from netstat.frontends.subject import IMAGE, Inputs, Subject, built_in
from netstat.graph import Graph
from netstat.models import MODELS

LIBRARIES = ("torchvision", "timm")
LATER = {".onnx": "ONNX files", ".pt2": "exported programs", ".pt": "checkpoints", ".pth": "checkpoints"}


def resolve(model: Any, inputs: Inputs, *, training: bool = False) -> Subject:
    """The subject a user means.

    Args:
        model: a Graph, a torch.nn.Module or callable, or text: a built-in model, a torchvision name, `timm:NAME`,
            `package.module:factory` or `path/to/file.py:factory`, each with options in brackets:
            `alexnet(num_classes=10)`.
        inputs: what the user said about the inputs.
        training: whether to count the training-mode forward pass.

    Raises:
        UsageError: no such model or option.
        ModelError: the model could not be built or captured.
        ShapeError: the input does not fit.
    """
    if isinstance(model, Graph):
        return Subject(model, _no_module, _no_module, owned=True)
    if isinstance(model, str):
        return _by_name(model, inputs, training)
    if not callable(model):
        raise UsageError(f"a {type(model).__name__} is no model; give a name, a torch.nn.Module or a callable")
    from netstat.frontends.modules import module_subject

    return module_subject(model, "", inputs, training)


def _no_module() -> Any:
    raise ModelError("a Graph has no module to run; give the model it was made from")


def _by_name(text: str, inputs: Inputs, training: bool) -> Subject:
    name, options = parse_call(text)
    if name in MODELS:
        return built_in(name, options, inputs, training)
    library, colon, rest = name.partition(":")
    if colon and library not in LIBRARIES:
        return _factory(name, options, inputs, training)
    if any(name.endswith(suffix) for suffix in LATER):
        kind = next(what for suffix, what in LATER.items() if name.endswith(suffix))
        raise ModelError(f"'{name}': this version does not read {kind} yet; give the module that made it")
    return _from_library(
        library if colon else "torchvision", rest if colon else name, colon != "", options, inputs, training
    )


def _from_library(
    library: str, name: str, stated: bool, options: Mapping[str, Any], inputs: Inputs, training: bool
) -> Subject:
    from netstat.frontends import modules

    if not stated and name not in modules.torchvision_names():
        raise UsageError(_unknown(name, modules.torchvision_names()))
    if library == "torchvision" and not inputs.shapes and inputs.args is None:
        inputs = inputs._replace(shapes=((IMAGE, "", ""),))
    return modules.factory_subject(modules.named(library, name), name, options, inputs, training)


def _unknown(name: str, others: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, [*MODELS.names(), *others], n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "netstat list models shows what there is"
    return f"unknown model '{name}'; {hint}"


def parse_call(text: str) -> tuple[str, dict[str, Any]]:
    """`name(key=value, …)` as name and options; values are Python literals, nothing is evaluated.

    Raises:
        UsageError: the brackets hold anything else.
    """
    name, bracket, rest = text.partition("(")
    if not bracket:
        return text, {}
    try:
        call = ast.parse(f"f({rest}", mode="eval").body
        if not isinstance(call, ast.Call) or call.args or any(keyword.arg is None for keyword in call.keywords):
            raise ValueError
        return name, {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (SyntaxError, ValueError):
        raise UsageError(f"'{text}': options are written as in {name or 'alexnet'}(num_classes=10)") from None


def _factory(name: str, options: Mapping[str, Any], inputs: Inputs, training: bool) -> Subject:
    from netstat.frontends.modules import factory_subject

    return factory_subject(load_factory(name), name.rpartition(":")[2], options, inputs, training)


def load_factory(name: str) -> Callable[..., Any]:
    """The class or function `package.module:factory` or `path/to/file.py:factory`.

    Runs that module's code: the user named it.

    Raises:
        ModelError: the module cannot be imported, or has no such name.
    """
    place, _, attribute = name.rpartition(":")
    try:
        module = _file(place) if place.endswith(".py") else __import__(place, fromlist=["_"])
    except Exception as error:
        raise ModelError(f"cannot import '{place}': {type(error).__name__}: {error}") from error
    found = getattr(module, attribute, None)
    if not callable(found):
        offered = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        raise ModelError(f"'{place}' has no factory '{attribute}'; it has {', '.join(offered) or 'none'}")
    return found  # type: ignore[no-any-return]


def _file(path: str) -> Any:
    import sys
    from importlib.util import module_from_spec, spec_from_file_location
    from pathlib import Path

    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"no such file: {path}")
    spec = spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules.setdefault(file.stem, module)
    sys.path.insert(0, str(file.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(file.parent))
    return module
