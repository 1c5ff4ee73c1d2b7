"""The API's description: FastAPI's, with problems for errors, the kinds' models in a job, and the security scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from producers.problems import Problem
from producers.views import JobView, job_path

if TYPE_CHECKING:
    from collections.abc import Collection

    from schemas.kinds import AnyKind
    from schemas.model import Model

_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
_NULL = {"type": "null"}


class Api(FastAPI):
    """An app whose OpenAPI document says what really is answered."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI 3.1 document."""
        if self.openapi_schema is None:
            self.openapi_schema = self._described(super().openapi())
        return self.openapi_schema

    def _described(self, document: dict[str, Any]) -> dict[str, Any]:
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for name in _FRAMEWORKS_OWN:
            schemas.pop(name, None)
        _describe_models(document, self.state.services.kinds.values())
        components["securitySchemes"] = {"owner": self.state.services.ports.identify.security_scheme}
        # The empty one says that the development identity may be left out.
        document["security"] = (
            [{"owner": []}, {}] if self.state.services.ports.identify.is_for_development else [{"owner": []}]
        )
        return document


def _describe_models(document: dict[str, Any], kinds: Collection[AnyKind]) -> None:
    """Add the models that no route declares, and say which of the kinds' are a job's request and result."""
    results = [kind.result for kind in kinds]
    models: list[type[Model]] = [Problem, *results]
    references, described = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    schemas = document["components"]["schemas"]
    schemas |= described["$defs"]
    shown = schemas[JobView.__name__]["properties"]
    shown["request"]["anyOf"] = [*(_request(document, kind) for kind in kinds), _NULL]
    shown["result"]["anyOf"] = [*(references[result, "serialization"] for result in results), _NULL]


def _request(document: dict[str, Any], kind: AnyKind) -> dict[str, Any]:
    """Return the reference to the kind's request, as its own route has it."""
    body = document["paths"][job_path(kind.name)]["post"]["requestBody"]
    reference: dict[str, Any] = body["content"]["application/json"]["schema"]
    return reference
