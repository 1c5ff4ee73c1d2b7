"""Embeddings by vendors, and what vendors' stores of vectors have in common."""
