"""The route that tells which kinds of jobs there are."""

from fastapi import APIRouter, Response

from producers.problems import responses
from producers.services import ServicesOf
from producers.views import KindList, kind_view

router = APIRouter(tags=["kinds"])


@router.get("/v1/kinds", response_model=KindList, responses=responses())
def list_kinds(services: ServicesOf) -> Response:
    """List the kinds of jobs, each with the schema of its request and an example."""
    kinds = KindList(kinds=tuple(kind_view(kind) for kind in services.kinds.values()))
    return Response(kinds.model_dump_json(), media_type="application/json")
