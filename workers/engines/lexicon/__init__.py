"""Feelings, names and phrases in English and Korean, from lexicons that are shipped."""
