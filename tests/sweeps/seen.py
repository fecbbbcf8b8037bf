"""What netstat says of a model that a library names, and what torch itself says of the same construction."""

from typing import Any, NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from netstat.api.subjects import profile_subject
from netstat.frontends.inputs import inputs_of
from netstat.frontends.resolve import resolve
from netstat.frontends.subject import Subject
from netstat.records import Profile


class Seen(NamedTuple):
    """One model, seen twice.

    Attributes:
        profile: what netstat says.
        params: the values of the module's parameters, each parameter once.
        flops: what FlopCounterMode says of it on the meta device: twice the MACs of convolutions and matrix products.
            None where the model looks at values and so cannot run there.
    """

    profile: Profile
    params: int
    flops: int | None


def seen(model: str, input_shape: tuple[int, ...] | None = None) -> Seen:
    """The model of that name at an input without its batch, at its own input where none is given."""
    subject = resolve(model, inputs_of(input_shape))
    params = sum(parameter.numel() for parameter in subject.outline().parameters())
    return Seen(profile_subject(subject), params, flops(subject) if subject.graph.device == "meta" else None)


def flops(subject: Subject) -> int:
    """FlopCounterMode's figure of the same module at the same inputs, on the meta device.

    Without gradients, as it fails where a module is called with a parameter for its input. Buffers that building it
    looked at are on the CPU until now.
    """
    module = subject.outline().to("meta").eval().requires_grad_(False)
    specs = (spec for _, spec in subject.graph.inputs)
    inputs = [torch.empty(spec.shape, dtype=getattr(torch, spec.dtype), device="meta") for spec in specs]
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(*inputs)
    return int(counter.get_total_flops())


def what_is_seen(model: str, input_shape: tuple[int, ...] | None = None) -> dict[str, Any]:
    """The figures of a model that are compared, as one row."""
    profile, params, twice = seen(model, input_shape)
    return {
        "shape": profile.inputs[0].shape,
        "macs": profile.totals.macs,
        "params": profile.totals.params,
        "module_params": params,
        "flops": twice,
        "uncounted": sorted({entry.op for entry in profile.uncounted}),
    }
