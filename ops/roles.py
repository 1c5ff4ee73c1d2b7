"""Who asks AWS for what: the parts of Sayline, each of which may have an IAM role of its own."""

from __future__ import annotations

from typing import Literal

Role = Literal["worker", "api", "clock", "operator"]
ROLES: tuple[Role, ...] = ("worker", "api", "clock", "operator")
