"""Pure functions from a Graph to a record."""
