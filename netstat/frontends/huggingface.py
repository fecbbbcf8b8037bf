"""Models of the transformers library from their configuration: no weights, no network, none of the file's own code."""

import inspect
import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import torch

from netstat.errors import ModelError, NetstatError, said
from netstat.frontends.files import LARGEST_HEADER, plain_text, size_of
from netstat.frontends.guards import quiet, random_state_kept
from netstat.frontends.huggingface_inputs import default_inputs
from netstat.frontends.modules import module_subject
from netstat.frontends.subject import Inputs, Subject

# What a configuration may not choose: code of its own, kernels and weights to fetch, and formats only weights have.
NOT_TAKEN = frozenset(
    {
        "attn_implementation",
        "_attn_implementation",
        "_attn_implementation_internal",
        "auto_map",
        "custom_pipelines",
        "experts_implementation",
        "_experts_implementation",
        "quantization_config",
        "trust_remote_code",
    }
)
# A selected expert is a batch of matrix products, whose sizes do not depend on which experts are selected.
EXPERTS = "batched_mm"
INSTALL = 'reading a configuration needs transformers: pip install "netstat[transformers]"'


def subject(place: str, options: Mapping[str, Any], inputs: Inputs, *, training: bool = False) -> Subject:
    """The model a configuration describes, at its inputs.

    The class is the first of the configuration's `architectures`, so that heads count; else the base model. Inputs are
    by name those its forward takes: tokens, pixels or sound of the sizes the configuration states.

    Args:
        place: a `config.json`, or a folder that holds one.
        options: fields of the configuration in other values: `hf:config.json(num_hidden_layers=2)`.
        inputs: what the user said about the inputs; by name, they replace the default ones.
        training: whether to count the training-mode forward pass.

    Raises:
        UsageError: an input is not known.
        ModelError: transformers is missing, or the model could not be built or captured.
    """
    fields = {**_fields(place), **options}
    with _transformers():
        kind, config = _kind_and_config(fields, place)
        outline = _built(kind, config, meta=True)
        return _at_inputs(outline, config, inputs, training, lambda: _built(kind, config, meta=False))


def _at_inputs(model: Any, config: Any, inputs: Inputs, training: bool, make: Any) -> Subject:
    """At the main input; where the model also wants the others it has, at all of them."""
    failures: list[ModelError] = []
    for shapes in default_inputs(model, config, inputs) if inputs.args is None else [()]:
        try:
            return module_subject(
                model, type(model).__name__, inputs._replace(shapes=tuple(shapes)), training, make=make
            )
        except ModelError as error:
            failures.append(error)
    raise failures[0]


def _fields(place: str) -> dict[str, Any]:
    """The configuration's fields, without those that would choose code.

    Raises:
        ModelError: there is no such file, or it is no configuration.
    """
    path = os.path.join(place, "config.json") if os.path.isdir(place) else place  # noqa: PTH112, PTH118
    if size_of(path) > LARGEST_HEADER:
        raise ModelError(f"'{path}' is too large for a configuration")
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            fields = json.load(file)
    except (ValueError, RecursionError, OSError) as error:
        raise ModelError(f"'{path}' is no configuration: {said(error)}") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("model_type"), str):
        raise ModelError(f"'{path}' is no configuration of the transformers library: it names no model_type")
    taken = _taken(fields)
    assert isinstance(taken, dict)
    return taken


def _taken(value: Any) -> Any:
    if isinstance(value, list):
        return [_taken(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _taken(item) for key, item in value.items() if key not in NOT_TAKEN} | (
        {"use_pretrained_backbone": False} if "use_pretrained_backbone" in value else {}
    )


@contextmanager
def _transformers() -> Iterator[None]:
    """The library at hand, silent and off the network; as it was afterwards.

    Raises:
        ModelError: it is not installed.
    """
    try:
        import transformers
        from huggingface_hub import constants
    except ImportError as error:
        raise ModelError(INSTALL) from error
    verbosity, offline = transformers.logging.get_verbosity(), constants.HF_HUB_OFFLINE
    transformers.logging.set_verbosity(logging.CRITICAL)
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = offline
        transformers.logging.set_verbosity(verbosity)


def _kind_and_config(fields: dict[str, Any], place: str) -> tuple[Any, Any]:
    """The model's class and its configuration.

    Raises:
        ModelError: transformers has no such model, or the configuration does not fit it.
    """
    from transformers import CONFIG_MAPPING

    model_type = plain_text(fields["model_type"])
    if model_type not in CONFIG_MAPPING:
        raise ModelError(f"'{place}': the installed transformers has no model of type '{model_type[:80]}'")
    try:
        with quiet():
            config = CONFIG_MAPPING[model_type].from_dict(fields)
            config.use_cache = False
            return _kind(fields.get("architectures"), config), config
    except NetstatError:
        raise
    except Exception as error:  # whatever the configuration's own checks raise
        raise ModelError(f"'{place}' does not fit the model type '{model_type}': {plain_text(said(error))}") from error


def _kind(architectures: Any, config: Any) -> Any:
    """The first architecture that is a model of the library; else the base model of the configuration's type."""
    import transformers

    names: Sequence[Any] = architectures if isinstance(architectures, list) else ()
    for name in names[:1]:
        with suppress(AttributeError, ImportError, TypeError):
            found = getattr(transformers, name)
            if inspect.isclass(found) and issubclass(found, transformers.PreTrainedModel):
                return found
    if type(config) not in transformers.MODEL_MAPPING:
        raise ModelError(f"no base model goes with {type(config).__name__}; name a model in its 'architectures'")
    found = transformers.MODEL_MAPPING[type(config)]
    return found[0] if isinstance(found, tuple) else found


def _built(kind: Any, config: Any, *, meta: bool) -> Any:
    """The model with weights as initialised, or none.

    Raises:
        ModelError: it cannot be built.
    """
    try:
        with random_state_kept(), quiet(), _transformers(), torch.device("meta" if meta else "cpu"):
            return kind._from_config(config, experts_implementation=EXPERTS).eval()
    except NetstatError:
        raise
    except (Exception, SystemExit) as error:
        raise ModelError(f"'{kind.__name__}' could not be built: {plain_text(said(error))}") from error
