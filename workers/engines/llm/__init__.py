"""Replies by language models: prompts, answers checked against their form, and what all vendors have in common."""
