"""The chaos suite: a storm over a whole local stack, then calm, then a checker that reads what is left.

`python -m tests.chaos` runs it; docs/reliability.md says what it shows.
"""
