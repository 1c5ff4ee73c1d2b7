"""What the parts of Sayline say to each other: pure contracts, standard library and pydantic only."""

from pkgutil import extend_path

# One's own kinds may live elsewhere: `schemas/kinds/x.py`, `workers/handlers/x.py` below a directory on PYTHONPATH.
__path__ = extend_path(__path__, __name__)
