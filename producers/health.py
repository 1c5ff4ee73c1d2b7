"""Routes for load balancers and supervisors: whether the process lives, and whether it can do its work."""

from fastapi import APIRouter

from producers.failures import RETRY_AFTER_S
from producers.problems import ProblemError, responses
from producers.services import ServicesOf
from schemas.model import Model

router = APIRouter(tags=["health"])


class Health(Model):
    """All is well."""

    status: str = "ok"


@router.get("/healthz", responses=responses())
async def healthz() -> Health:
    """Tell that the process lives; asks nothing of AWS, and needs no thread."""
    return Health()


@router.get("/readyz", responses=responses("unavailable"))
def readyz(services: ServicesOf) -> Health:
    """Tell whether the table and every queue can be reached."""
    if missing := services.ports.ready():
        detail = f"Out of reach: {', '.join(missing)}."
        raise ProblemError("unavailable", detail, headers={"Retry-After": str(RETRY_AFTER_S)})
    return Health()
