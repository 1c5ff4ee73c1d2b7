"""Making the weights that the grammar checker brings along."""

import workers  # noqa: F401 - sets numpy's threads, before it is loaded
