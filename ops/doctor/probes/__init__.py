"""Dry probes: requests that change nothing, as AWS refuses them for another reason than a missing right.

The right to do it is asked before the reason for which a probe must fail: a key that no item has, a receipt handle or
an upload that never was, a number out of range.
"""

from ops.doctor.probes.bucket import of_bucket
from ops.doctor.probes.probe import Probe, is_denied
from ops.doctor.probes.queues import of_queues
from ops.doctor.probes.table import of_table

__all__ = ["Probe", "is_denied", "of_bucket", "of_queues", "of_table"]
