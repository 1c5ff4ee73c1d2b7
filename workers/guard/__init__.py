"""The engine guard: how many messages of a kind may be received now, so that no engine is asked for more than it bears.

Pure: time is a number of seconds that the caller gives, nothing here sleeps or does I/O. One guard per kind stands in
the worker's parent process, see docs/adr/0008.
"""

from workers.guard.breaker import Change, State
from workers.guard.guard import Allowance, EngineGuard
from workers.guard.verdict import Verdict, verdict_of, verdict_of_code

__all__ = ["Allowance", "Change", "EngineGuard", "State", "Verdict", "verdict_of", "verdict_of_code"]
