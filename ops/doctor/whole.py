"""A patient put together from the settings, with AWS behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoOperating
from ops.doctor.patient import Patient
from ops.doctor.versions import KNOWN
from ops.versions import installed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.doctor.patient import Engines
    from ops.roles import Role
    from ops.settings import Settings


def patient(settings: Settings, kinds: Sequence[str], engines: Engines, *, role: Role) -> Patient:
    """Return the stack of the settings, as it is seen from here.

    Raises:
        NotSetUpError: see `Clients`.
    """
    clients = Clients(settings, is_hasty=role == "worker")  # it may be told to end meanwhile
    return Patient(
        settings=settings,
        clients=clients,
        role=role,
        kinds=kinds,
        workforce=DynamoOperating(clients.dynamodb, settings.table_name),
        engines=engines,
        versions=installed(*KNOWN),
    )
