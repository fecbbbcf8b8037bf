"""LeNet."""

from netstat.models.base import model
from netstat.models.layers import avg_pool2d, conv2d, flatten, linear, sigmoid
from netstat.models.spec import Block, sequential


@model("lenet", (1, 28, 28), "LeNet-5 as in Dive into Deep Learning: sigmoid, average pooling, ten classes")
def lenet(num_classes: int = 10) -> Block:
    """LeCun et al. 1998, as in Zhang et al., "Dive into Deep Learning", section 7.6."""
    return sequential(
        conv2d(1, 6, 5, padding=2),
        sigmoid(),
        avg_pool2d(2, 2),
        conv2d(6, 16, 5),
        sigmoid(),
        avg_pool2d(2, 2),
        flatten(),
        linear(16 * 5 * 5, 120),
        sigmoid(),
        linear(120, 84),
        sigmoid(),
        linear(84, num_classes),
    )
