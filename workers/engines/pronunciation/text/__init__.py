"""Turns a written English text into the words that a reader says, each with its place in the text."""
