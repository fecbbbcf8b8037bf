"""Operators that take tensors apart, put them together, repeat, cast and fill them: no arithmetic."""
