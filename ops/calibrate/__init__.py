"""Fitting the pronunciation engine's weights on a corpus of learners' speech, and measuring them."""

import workers  # noqa: F401 - sets numpy's threads, before it is loaded
