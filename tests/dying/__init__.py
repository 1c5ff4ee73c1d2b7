"""Operators' commands that are stopped at chosen points, on an emulator, and an independent look at what they left."""
