"""Retrieval: documents are indexed in their owner's folder, and questions find passages by words and by meaning."""
