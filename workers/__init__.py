"""What is done: the Celery app, the runner, the handlers of the kinds and their engines."""

import os
from pkgutil import extend_path

# Engines multiply small matrices: with a thread per CPU that takes ten times the CPU time. Read when numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# One's own kinds may live elsewhere: `schemas/kinds/x.py`, `workers/handlers/x.py` below a directory on PYTHONPATH.
__path__ = extend_path(__path__, __name__)
