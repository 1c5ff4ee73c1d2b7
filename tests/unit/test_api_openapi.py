from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI

from schemas.kinds import registry
from tests.api import ECHO, ApiBench

if TYPE_CHECKING:
    from schemas.kinds import AnyKind

DOCUMENT = ApiBench().http.get("/openapi.json").json()


def test_document_is_openapi_3_1():
    assert DOCUMENT["openapi"].startswith("3.1")


@pytest.mark.parametrize("kind", registry().values(), ids=registry())
def test_every_kind_has_a_route_of_its_own_type(kind: AnyKind):
    operation = DOCUMENT["paths"][f"/v1/jobs/{kind.name}"]["post"]
    body = operation["requestBody"]["content"]["application/json"]
    assert body["schema"] == {"$ref": f"#/components/schemas/{kind.request.__name__}"}
    kind.request.model_validate(body["examples"][kind.name]["value"])
    assert operation["operationId"] == f"submit_{kind.name}"
    assert set(operation["responses"]) == {"202", "400", "413", "415", "422", "500", "503"}
    accepted = operation["responses"]["202"]
    assert set(accepted["headers"]) == {"Location", "Retry-After", "Idempotency-Replayed"}
    assert accepted["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/JobSummary"}


def test_every_error_is_a_problem():
    for path, operations in DOCUMENT["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    assert list(response["content"]) == ["application/problem+json"], path


def test_every_reference_leads_somewhere():
    names = re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(DOCUMENT))
    assert set(names) <= set(DOCUMENT["components"]["schemas"])
    assert not {"HTTPValidationError", "ValidationError"} & set(DOCUMENT["components"]["schemas"])


def test_document_of_a_job_is_one_of_its_kinds():
    schemas = DOCUMENT["components"]["schemas"]
    job = schemas["JobView"]["properties"]
    for field in ("request", "result"):
        names = [getattr(kind, field).__name__ for kind in (ECHO, *registry().values())]
        assert job[field]["anyOf"] == [{"$ref": f"#/components/schemas/{name}"} for name in names] + [{"type": "null"}]
    for kind in registry().values():
        assert set(schemas[kind.result.__name__]["properties"]) == set(kind.result.model_fields)
    assert {"TtsResult", "Mark", "Audio"} <= set(schemas)


def test_no_model_takes_the_name_of_another():
    for name, described in FastAPI.openapi(ApiBench().app)["components"]["schemas"].items():
        kept = DOCUMENT["components"]["schemas"].get(name, described)
        assert set(kept.get("properties", ())) == set(described.get("properties", ())), name


def test_head_goes_without_saying():
    assert not any("head" in operations for operations in DOCUMENT["paths"].values())


def test_fallback_for_unknown_kinds_is_not_described():
    assert "post" not in DOCUMENT["paths"].get("/v1/jobs/{kind}", {})


def test_identity_is_the_security_scheme():
    assert DOCUMENT["components"]["securitySchemes"]["owner"]["name"] == "X-Sayline-Owner"
    assert DOCUMENT["security"] == [{"owner": []}, {}]


def test_answers_match_their_description():
    bench = ApiBench()
    job_id = bench.submitted()
    for path, schema in ((f"/v1/jobs/{job_id}", "JobView"), ("/v1/jobs", "JobList"), ("/v1/kinds", "KindList")):
        required = DOCUMENT["components"]["schemas"][schema]
        assert set(bench.http.get(path).json()) == set(required["properties"])
