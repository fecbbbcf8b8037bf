"""Pooling whose windows overlap, beside the same with windows that tile the input."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Overlap:
    """A pooling layer whose window is larger than its stride, and its twin: window and stride the layer's stride.

    The twin has no padding and no dilation, which only larger windows need; neither of the two has parameters.

    Attributes:
        path, op, call: as in a row of the profile.
        input_shape: what both pool.
        window, stride: per spatial dimension; the window from first to last tap, dilation included.
        output_shape, flops, bytes_read, bytes_written: of the layer.
        twin_output_shape, twin_flops, twin_bytes_read, twin_bytes_written: of the twin.
    """

    path: str
    op: str
    call: int
    input_shape: tuple[int, ...]
    window: tuple[int, ...]
    stride: tuple[int, ...]
    output_shape: tuple[int, ...]
    flops: int
    bytes_read: int
    bytes_written: int
    twin_output_shape: tuple[int, ...]
    twin_flops: int
    twin_bytes_read: int
    twin_bytes_written: int
