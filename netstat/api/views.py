"""What views of an image cost, and the image whole: what Python users call, and what the command does."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from netstat.analysis.views import crops, dense, scales, slides
from netstat.api.subjects import profile_subject
from netstat.errors import ModelError, UsageError
from netstat.frontends.inputs import inputs_of
from netstat.frontends.resolve import resolve
from netstat.frontends.subject import Inputs, Shape, Subject, check_positive
from netstat.records import Profile
from netstat.records.views import Views
from netstat.units import shape as shape_text


def views(model: Any, input_shape: Shape | None = None, *, sizes: Sequence[int | Shape] | None = None) -> Views:
    """What it costs to score an image in crops, flipped and turned, and whole by the fully convolutional form.

    Counts of MACs and FLOPs are of one image. The cost of a whole image is counted at its size; that of views is that
    of one, so many times.

    Args:
        model: as for `profile`.
        input_shape: (channels, height, width) it is made for; built-in, torchvision and timm models know theirs.
        sizes: of whole images: a side of a square, or (height, width); by default 8/7, 12/7 and 16/7 of the model's own
            in round numbers: 256, 384 and 512 for 224. Crops are cut from the first.

    Raises:
        UsageError: the model takes no images, or sizes that cannot be.
        ShapeError: a whole image is too small; says what would do.
        ModelError: as `profile`. That a model has no fully convolutional form is none: `not_dense` says why.
    """
    return views_of(model, inputs_of(input_shape), sizes)


def views_of(model: Any, inputs: Inputs, sizes: Sequence[int | Shape] | None = None) -> Views:
    """As `views`, of inputs as they were given."""
    one = profile_subject(resolve(model, inputs))
    shape = _image(one)
    wanted = _sizes(sizes, shape) if sizes is not None else scales(shape[1:])
    found = Views(
        origin=one.origin,
        model=one.model,
        input=shape,
        complete=one.complete,
        resized=wanted[0],
        crops=tuple(crops(one, _turned(model, inputs, one), wanted[0])),
        dense=None,
    )
    try:
        itself = _whole(model, inputs, shape, shape[1:])
    except ModelError as error:
        return replace(found, not_dense=str(error))
    first = profile_subject(itself)
    larger = [profile_subject(_whole(model, inputs, shape, sides)) for sides in wanted if sides != shape[1:]]
    field = first.layers[-1].receptive_field
    made = tuple(dense(one, [first, *larger]))
    return replace(found, dense=made, field=field, slides=field is not None and slides(itself.graph))


def _image(one: Profile) -> Shape:
    """The shape of the one input, which is an image."""
    shapes = [given.shape[1:] for given in one.inputs]
    if len(shapes) != 1 or len(shapes[0]) != 3:
        got = ", ".join(map(shape_text, shapes))
        raise UsageError(f"views are of an image, one input of channels×height×width; '{one.model}' takes {got}")
    return shapes[0]


def _sizes(sizes: Sequence[int | Shape], shape: Shape) -> list[Shape]:
    found = [(size, size) if isinstance(size, int) else tuple(size) for size in sizes]
    check_positive(found, 1)
    for sides in found:
        if len(sides) != 2:
            raise UsageError(f"an image has a height and a width, such as 384x512; got {shape_text(sides, 'x')}")
        if sides[0] < shape[1] or sides[1] < shape[2]:
            crop = shape_text(shape[1:])
            raise UsageError(f"an image of {shape_text(sides)} is smaller than a crop, {crop}; name larger sizes")
    if not found:
        raise UsageError("name at least one size of an image, such as 256")
    return found


def _at(inputs: Inputs, shape: Shape, **changes: Any) -> Inputs:
    return inputs._replace(shapes=((shape, "", ""),), args=None, kwargs={}, **changes)


def _turned(model: Any, inputs: Inputs, one: Profile) -> Profile | None:
    channels, height, width = one.inputs[0].shape[1:]
    if height == width:
        return one
    try:
        return profile_subject(resolve(model, _at(inputs, (channels, width, height))))
    except ModelError:
        return None


def _whole(model: Any, inputs: Inputs, shape: Shape, sides: Shape) -> Subject:
    return resolve(model, _at(inputs, (shape[0], *sides), fully_convolutional=shape))
