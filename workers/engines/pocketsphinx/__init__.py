"""Transcription without a network: pocketsphinx and its English model, with a decoder of our own for read texts."""
