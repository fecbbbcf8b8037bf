"""Every model of torchvision, beside what torchvision publishes of it and beside torch's own counter."""

import gc
from functools import cache
from typing import Any

from torchvision.models import list_models

from tests.sweeps.detectors import Parts, parts_of
from tests.sweeps.differences import DIFFERENCES, REGIONS
from tests.sweeps.published import Published, kind, published
from tests.sweeps.seen import seen, what_is_seen

Row = dict[str, Any]
# Detectors compute with real values: where only their operators are looked at, on few pixels and regions.
SMALL = "min_size=128"
SMALL_REGIONS = f"{SMALL},rpn_post_nms_top_n_test=50,box_detections_per_img=5"


def measure() -> dict[str, list[Row]]:
    """A row per model as its bare name builds it, and a row per published figure as its weights were built."""
    bare = {name: of_model(name) for name in list_models()}
    return {"models": list(bare.values()), "published": [of_weights(entry, bare[entry.model]) for entry in published()]}


def of_model(name: str) -> Row:
    """The model at its own input; of a detector, on a small image where it lets us, what no value decides."""
    if kind(name) != "detection":
        return {"model": name, **what_is_seen(f"torchvision:{name}")}
    options = "" if name.startswith("ssd") else f"({SMALL_REGIONS if 'rcnn' in name else SMALL})"
    row = what_is_seen(f"torchvision:{name}{options}")
    return {"model": name, **{key: row[key] for key in ("params", "module_params", "uncounted")}}


def of_weights(entry: Published, bare: Row) -> Row:
    """What torchvision publishes of some weights, and our figures of the model as they were built."""
    stated = {"model": entry.model, "weights": entry.weights, "published": [entry.giga_macs, entry.params]}
    if kind(entry.model) == "detection":
        return {**stated, **of_detector(entry)}
    options = options_of(entry)
    if not options and bare["shape"] == entry.shape:
        ours = bare
    else:
        ours = what_is_seen(f"torchvision:{entry.model}{options}", entry.shape[1:])
    return {**stated, "options": options, "shape": entry.shape, "macs": ours["macs"], "params": ours["params"]}


def options_of(entry: Published) -> str:
    """In brackets, what builds the model as its weights were built."""
    if entry.model in DIFFERENCES:
        return f"({DIFFERENCES[entry.model].options})"
    if kind(entry.model) == "vision_transformer" and entry.shape[-1] != 224:
        return f"(image_size={entry.shape[-1]})"
    return ""


def of_detector(entry: Published) -> Row:
    """The parts of a detector's MACs, and their sum at the stated numbers of regions."""
    (name,) = entry.weights
    regions = REGIONS[entry.model, name]
    parts, params = in_parts(entry.model, regions.frozen > 0)
    return {
        "options": "",
        "shape": entry.shape,
        "macs": parts.macs(regions.proposals, regions.detections),
        "params": params,
        "parts": parts,
        "ways": parts.ways_to(entry.giga_macs),
    }


@cache
def in_parts(model: str, frozen: bool) -> tuple[Parts, int]:
    """A detector's MACs by part, and its parameters; an R-CNN's at a few regions."""
    gc.collect()  # the last detector's tensors had values
    call = f"as_published(name='{model}',frozen={frozen},few_regions={'rcnn' in model})"
    profile = seen(f"tests.sweeps.detectors:{call}").profile
    return parts_of(profile), profile.totals.params
