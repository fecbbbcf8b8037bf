"""Exported programs (`.pt2`): the archive read as data, its operators called on tensors that hold nothing.

`torch.export.load` unpickles what a file brings and evaluates its expressions. Neither happens here: the program is
JSON, of which sizes, names and torch's own operators are taken, and the weights are left where they are.
"""

import json
from collections.abc import Mapping
from typing import Any
from zipfile import ZipFile

from netstat.errors import ModelError, NetstatError, UsageError, said
from netstat.frontends.files import (
    LARGEST_HEADER,
    Asked,
    base_name,
    check_archive,
    checked_spec,
    input_sizes,
    plain_text,
    refuse_inputs,
    subject_of,
)
from netstat.frontends.subject import Inputs, Subject
from netstat.graph import TensorSpec

KIND = "an exported program"
WHY = "an exported program is read, not run"
SCHEMA = 8  # major version of the format since torch 2.4
WEIGHTS = "data/weights/model_weights_config.json"
# torch._export.serde.schema.ScalarType
DTYPES = {
    1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32", 8: "float64",
    9: "complex32", 10: "complex64", 11: "complex128", 12: "bool", 13: "bfloat16", 28: "uint16", 29: "float8_e4m3fn",
    30: "float8_e5m2", 34: "uint32", 35: "uint64",
}  # fmt: skip


def subject(path: str, inputs: Inputs, *, training: bool = False) -> Subject:
    """The forward pass in a `.pt2` file that torch.export.save wrote, under the paths of the module it came from.

    Open dimensions have the size of the example it was exported with, unless the user says another; an open first one
    is the batch. Nothing in the file is unpickled or evaluated.

    Raises:
        UsageError: a fixed size was asked for otherwise.
        ModelError: the file is damaged, or holds no program of a format that is known.
        ShapeError: a layer cannot take what reaches it.
    """
    refuse_inputs(inputs, KIND, training=training)
    program, weights = _read(path)
    try:
        return subject_of(_captured(base_name(path), program, weights, inputs), WHY)
    except NetstatError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RuntimeError, RecursionError) as error:
        reason = plain_text(said(error))[:120]
        raise ModelError(f"'{path}' is damaged, or was written by a torch netstat does not know ({reason})") from error


def _captured(name: str, program: Mapping[str, Any], weights: Mapping[str, Any], inputs: Inputs) -> Any:
    import torch

    from netstat.frontends.exported_program import as_module
    from netstat.frontends.pytorch import capture

    module = program["graph_module"]
    specs = _inputs(module, inputs)
    runnable = as_module(module, {name: _memory(entry) for name, entry in weights.items()}, list(specs))
    args = [torch.empty(spec.shape, dtype=getattr(torch, spec.dtype), device="meta") for spec in specs.values()]
    return capture(runnable, args, name=name)


def _read(path: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The program, and where each weight lies.

    Raises:
        ModelError: there are none, or not in a format that is known.
    """
    members = {member.filename.partition("/")[2]: member for member in check_archive(path)}
    programs = [name for name in members if name.startswith("models/") and name.endswith(".json")]
    if len(programs) != 1:
        raise ModelError(
            f"'{path}' holds {len(programs)} exported programs; save one with torch.export.save, torch 2.9"
        )
    texts = {}
    with ZipFile(path) as archive:
        for name in (programs[0], WEIGHTS):
            if name in members and members[name].file_size > LARGEST_HEADER:
                raise ModelError(f"cannot read '{path}': its program is larger than {LARGEST_HEADER} bytes")
            texts[name] = archive.read(members[name]) if name in members else b"{}"
    program, weights = (_json(path, text) for text in texts.values())
    version = program.get("schema_version")
    if not isinstance(version, dict) or version.get("major") != SCHEMA:
        raise ModelError(f"'{path}' has a format other than {SCHEMA}, which netstat does not read; export it anew")
    config = weights.get("config", {})
    return program, config if isinstance(config, dict) else {}


def _json(path: str, text: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"'{path}': the program in it is no JSON ({said(error)})") from error
    if not isinstance(found, dict):
        raise ModelError(f"'{path}': the program in it is no object")
    return found


def spec_of(meta: Mapping[str, Any], what: str) -> TensorSpec:
    """Shape and dtype of a tensor of the program, at the sizes of the example it was exported with."""
    return checked_spec(tuple(map(_size, meta["sizes"])), DTYPES.get(meta["dtype"], str(meta["dtype"])), what)


def _size(size: Mapping[str, Any]) -> int:
    found: int = size["as_int"] if "as_int" in size else size["as_expr"]["hint"]["as_int"]
    return found


def _inputs(module: Mapping[str, Any], inputs: Inputs) -> dict[str, TensorSpec]:
    """The tensors a user hands over, by name."""
    given = [spec["user_input"]["arg"] for spec in module["signature"]["input_specs"] if "user_input" in spec]
    names = [arg["as_tensor"]["name"] for arg in given if "as_tensor" in arg]
    asked = Asked(inputs, [plain_text(name) for name in names])
    values = module["graph"]["tensor_values"]
    return {name: _input(values[name], plain_text(name), asked, inputs.batch) for name in names}


def _input(meta: Mapping[str, Any], name: str, asked: Asked, batch: int) -> TensorSpec:
    spec, given = spec_of(meta, f"input '{name}'"), asked.of(name)
    if given and given[1] not in ("", spec.dtype):
        raise UsageError(f"input '{name}' is {spec.dtype} in the file, not {given[1]}")
    declared = [size if "as_int" in entry else "?" for size, entry in zip(spec.shape, meta["sizes"], strict=True)]
    sizes = input_sizes(name, declared, given[0] if given else spec.shape[1:], batch)
    return TensorSpec(sizes, spec.dtype)


def _memory(entry: Mapping[str, Any]) -> Any:
    """Equal for two names of the same tensor."""
    meta = entry["tensor_meta"] or {}
    return entry["path_name"], json.dumps([meta.get(key) for key in ("sizes", "strides", "storage_offset")])
