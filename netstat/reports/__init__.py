"""Reports: views of records, one file per format; they compute nothing.

A file without a leading underscore is a format under its own name. `_columns` and `_tables` turn any record into neutral
tables that the text formats share, `_charts` draws.
"""
