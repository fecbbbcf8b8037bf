"""What torch makes of recurrent layers."""

from functools import partial
from typing import Any

import torch

from oracle.reference import REFERENCES

ORDER = ("has_biases", "num_layers", "dropout", "train", "bidirectional")


def recurrent(name: str, input: Any, hx: Any, params: Any, batch_sizes: Any, batch_first: bool, **chosen: Any) -> Any:
    """In either form of the call."""
    function, settings = getattr(torch, name), [chosen[key] for key in ORDER]
    if batch_sizes is not None:
        return function(input, batch_sizes, hx, params, *settings)
    return function(input, hx, params, *settings, batch_first)


for name in ("lstm", "gru", "rnn_tanh", "rnn_relu"):
    REFERENCES[name] = partial(recurrent, name)
