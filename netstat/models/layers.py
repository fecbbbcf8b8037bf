"""One function per torch.nn class: its constructor's arguments in, a `Layer` out."""

from typing import Any

from netstat.models.spec import Layer
from netstat.ops.convolution import Conv2d
from netstat.ops.linear import Linear
from netstat.ops.normalization import BatchNorm

Size = int | tuple[int, int]


def conv2d(
    in_channels: int,
    out_channels: int,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
    bias: bool = True,
) -> Layer:
    """torch.nn.Conv2d."""
    attributes = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    arguments = {
        "in_channels": in_channels,
        "out_channels": out_channels,
        "kernel_size": kernel_size,
        "bias": bias,
        **attributes,
    }
    params = Conv2d.params(in_channels, out_channels, kernel_size, groups, bias)
    return Layer("Conv2d", arguments, "conv2d", attributes, params)


def linear(in_features: int, out_features: int) -> Layer:
    """torch.nn.Linear with bias."""
    arguments = {"in_features": in_features, "out_features": out_features}
    return Layer("Linear", arguments, "linear", {}, Linear.params(in_features, out_features))


def batch_norm2d(num_features: int) -> Layer:
    """torch.nn.BatchNorm2d, affine, with running statistics, evaluated with them."""
    buffers = {"running_mean": (num_features,), "running_var": (num_features,)}
    attributes = {"training": False, "momentum": 0.1, "eps": 1e-5}
    return Layer(
        "BatchNorm2d",
        {"num_features": num_features},
        "batch_norm",
        attributes,
        BatchNorm.params(num_features),
        buffers,
    )


def relu(inplace: bool = False) -> Layer:
    """torch.nn.ReLU."""
    return Layer("ReLU", {"inplace": inplace}, "relu", {"inplace": inplace})


def sigmoid() -> Layer:
    """torch.nn.Sigmoid."""
    return Layer("Sigmoid", {}, "sigmoid", {"inplace": False}, spelled="torch.sigmoid")


def tanh() -> Layer:
    """torch.nn.Tanh."""
    return Layer("Tanh", {}, "tanh", {"inplace": False}, spelled="torch.tanh")


def max_pool2d(kernel_size: Size, stride: Size, padding: Size = 0) -> Layer:
    """torch.nn.MaxPool2d."""
    arguments: dict[str, Any] = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    fixed = {"dilation": 1, "ceil_mode": False, "return_indices": False}
    return Layer("MaxPool2d", arguments, "max_pool2d", {**arguments, **fixed})


def avg_pool2d(kernel_size: Size, stride: Size, padding: Size = 0) -> Layer:
    """torch.nn.AvgPool2d."""
    arguments: dict[str, Any] = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    fixed = {"ceil_mode": False, "count_include_pad": True, "divisor_override": None}
    return Layer("AvgPool2d", arguments, "avg_pool2d", {**arguments, **fixed})


def adaptive_avg_pool2d(output_size: Size) -> Layer:
    """torch.nn.AdaptiveAvgPool2d."""
    return Layer("AdaptiveAvgPool2d", {"output_size": output_size}, "adaptive_avg_pool2d", {"output_size": output_size})


def local_response_norm(size: int, alpha: float, beta: float, k: float) -> Layer:
    """torch.nn.LocalResponseNorm, parameters as PyTorch states them."""
    arguments = {"size": size, "alpha": alpha, "beta": beta, "k": k}
    return Layer("LocalResponseNorm", arguments, "local_response_norm", arguments)


def dropout(p: float = 0.5) -> Layer:
    """torch.nn.Dropout, in evaluation."""
    return Layer("Dropout", {"p": p}, "dropout", {"p": p, "training": False, "inplace": False})


def flatten() -> Layer:
    """torch.nn.Flatten: everything but the batch."""
    return Layer("Flatten", {}, "flatten", {"start_dim": 1, "end_dim": -1}, spelled="torch.Tensor.flatten")


def zero_pad2d(padding: int) -> Layer:
    """torch.nn.ZeroPad2d, the same on all four sides."""
    attributes = {"pad": (padding,) * 4, "mode": "constant", "value": 0.0}
    return Layer("ZeroPad2d", {"padding": padding}, "pad", attributes)
