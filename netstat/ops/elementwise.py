"""Arithmetic, comparisons and elementary functions, value by value."""
