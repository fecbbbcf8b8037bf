"""Images at another size or along another grid."""
