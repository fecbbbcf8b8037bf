"""What torch makes of recurrent cells."""

import torch

from oracle.reference import REFERENCES

for name in ("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"):
    REFERENCES[name] = getattr(torch, name)
