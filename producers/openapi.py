"""The API's description: FastAPI's, with problems for errors and the identity as the security scheme."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from producers.problems import Problem

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
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= problem.pop("$defs")
        schemas["Problem"] = problem
        components["securitySchemes"] = {"owner": self.state.services.ports.identify.security_scheme}
        # The empty one says that the development identity may be left out.
        document["security"] = (
            [{"owner": []}, {}] if self.state.services.ports.identify.is_for_development else [{"owner": []}]
        )
        return document
