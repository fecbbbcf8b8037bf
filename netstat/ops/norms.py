"""Normalisation over layers, groups, instances and rows."""
