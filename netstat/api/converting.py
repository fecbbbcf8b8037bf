"""What Python users call to have a model in another form."""

from typing import Any

from netstat.errors import ModelError, UsageError
from netstat.frontends.inputs import inputs_of
from netstat.frontends.resolve import resolve
from netstat.frontends.subject import Shape


def fully_convolutional(model: Any, input_shape: Shape | None = None) -> Any:
    """A new torch.nn.Module, in evaluation mode, that gives a map of scores for a larger input; `model` stays as it is.

    The linear layers behind the flatten are convolutions in it: the first over all it is given at `input_shape`, those
    behind it 1×1. Paths and values of the parameters are those of `model`, weights (O, C·h·w) as (O, C, h, w). At
    `input_shape` it gives the same scores, as maps of 1×1; of a larger input it gives what the head says of each window
    of the feature maps. Without padding that is what `model` says of each crop; with it, what lies around the crop is
    seen where `model` would see zeros.

    Args:
        model: a torch.nn.Module, or a name as for `profile`, whose module is built with weights of torch's choice.
        input_shape: (channels, height, width) it is made for; built-in, torchvision and timm models know theirs.

    Raises:
        UsageError: nobody said which shape.
        ModelError: there is no such form; says what stands in the way.
    """
    if not isinstance(model, str) and input_shape is None:
        raise UsageError("say what size the model is made for: netstat.fully_convolutional(model, (3, 224, 224))")
    inputs = inputs_of(input_shape, fully_convolutional=True if input_shape is None else input_shape)
    subject = resolve(model, inputs)
    if subject.left_out:
        raise ModelError(subject.left_out)
    return subject.module()
