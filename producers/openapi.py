"""The API's description: FastAPI's, with problems for errors and the identity as the security scheme."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from producers.problems import Problem
from producers.views import JobView, job_path

_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")


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
        results = [kind.result for kind in self.state.services.kinds.values()]
        references, described = models_json_schema(
            [(model, "serialization") for model in (Problem, *results)], ref_template="#/components/schemas/{model}"
        )
        schemas |= described["$defs"]
        shown = schemas[JobView.__name__]["properties"]
        shown["result"]["anyOf"] = [*(references[result, "serialization"] for result in results), _NULL]
        shown["request"]["anyOf"] = [*map(partial(_request, document), self.state.services.kinds), _NULL]
        components["securitySchemes"] = {"owner": self.state.services.ports.identify.security_scheme}
        # The empty one says that the development identity may be left out.
        document["security"] = (
            [{"owner": []}, {}] if self.state.services.ports.identify.is_for_development else [{"owner": []}]
        )
        return document
