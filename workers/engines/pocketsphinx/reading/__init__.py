"""What of a known text was said: its words in their order, with skips, repeats and other speech in between."""
