"""Scores how a text is read: evidence from an acoustic model, scores and feedback made from it."""
