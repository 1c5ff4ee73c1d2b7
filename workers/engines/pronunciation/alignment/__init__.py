"""Where in a recording which phone of a text is, and what else could be there."""
