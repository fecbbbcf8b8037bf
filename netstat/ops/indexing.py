"""Operators that pick values by index or mask, embeddings among them."""
