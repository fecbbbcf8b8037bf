"""Sums, means, extremes and other figures of many values."""
