"""Activations: one value in, one value out, and the softmax family's further members."""
