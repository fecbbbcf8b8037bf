"""Data frames: the rows of the CSV form, typed. One file, one library; its name is the library's."""
