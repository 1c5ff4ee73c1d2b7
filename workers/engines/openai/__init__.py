"""Servers that speak OpenAI's protocol: OpenAI itself, whisper servers, and whatever else says it is compatible."""
