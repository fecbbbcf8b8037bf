"""What torch makes of scaled dot-product attention."""

import torch

from oracle.reference import REFERENCES

REFERENCES["scaled_dot_product_attention"] = torch.nn.functional.scaled_dot_product_attention
