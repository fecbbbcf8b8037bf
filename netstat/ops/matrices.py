"""Matrix products in all their spellings."""
