"""Scenes: who does what to what, where, how many and in which colour, read from a description."""
