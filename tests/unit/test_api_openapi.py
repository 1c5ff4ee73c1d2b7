from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from schemas.kinds import registry
from tests.api import ApiBench

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
