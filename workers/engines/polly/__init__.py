"""Text to speech by Amazon Polly (docs/adr/0018-polly-in-pieces.md)."""
