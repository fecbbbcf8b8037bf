"""Reports: views of records, one file per format; they compute nothing.

A file without a leading underscore is a format under its own name. `_tables` turns any record into neutral tables,
which the text formats share; `charts` draws.
"""
