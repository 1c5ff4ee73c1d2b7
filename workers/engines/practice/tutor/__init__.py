"""A tutor that goes by rules: it listens for what a learner talks about, and asks on from there."""
