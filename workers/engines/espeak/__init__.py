"""Text to speech by espeak-ng, which runs in a process of its own (docs/adr/0003-espeak-in-its-own-process.md)."""
