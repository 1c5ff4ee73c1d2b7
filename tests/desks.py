"""An operator's desk with nothing but memory behind it, but for what a test puts there."""

from __future__ import annotations

from typing import Any

from ops.desk import Desk
from ops.memory import MemoryJobStore, MemoryObjectStore, MemoryQueues
from ops.memory_dead_letters import MemoryDeadLetterBox
from ops.memory_operating import MemoryOperating
from ops.payloads import ClaimCheck
from ops.settings import Settings
from ops.timing import utc_now

INLINE_MAX_BYTES = 200


def memory_desk(**parts: Any) -> Desk:
    """Return a desk of these parts, and of twins in memory for those that are left out."""
    now, queues = parts.get("now", utc_now), parts.get("queues") or MemoryQueues()
    objects, operating = parts.get("objects") or MemoryObjectStore(), MemoryOperating()
    twins: dict[str, Any] = {
        "settings": Settings(_env_file=None),
        "jobs": MemoryJobStore(),
        "objects": objects,
        "payloads": ClaimCheck(objects, inline_max_bytes=INLINE_MAX_BYTES),
        "queues": queues,
        "box": MemoryDeadLetterBox(queues, now),
        "pauses": operating,
        "workforce": operating,
    }
    return Desk(**(twins | parts))
