"""Sorting and the largest k, by a stated number of comparisons."""
