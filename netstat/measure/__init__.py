"""Measuring: the only floor with a clock. `benchmark.benchmark` is the way in.

Importing any module of it loads neither torch nor numpy.
"""
