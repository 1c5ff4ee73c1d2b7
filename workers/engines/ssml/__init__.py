"""SSML as requests have it: read strictly, checked against a short list of tags, for an engine to write afresh."""
