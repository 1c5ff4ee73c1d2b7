from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.identity import DevelopmentIdentity, refuse_exposure
from producers.problems import ProblemError
from tests.api import ApiBench

ALLOWED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:@-"


def test_caller_without_a_name_is_the_developer():
    bench = ApiBench()
    assert bench.job(bench.submitted()).owner == "developer"


@given(st.text(max_size=70))
def test_owner_is_named_by_1_to_64_safe_characters(name: str):
    headers = {"X-Sayline-Owner": name}
    if 1 <= len(name) <= 64 and set(name) <= set(ALLOWED):
        assert DevelopmentIdentity()(headers) == name
    else:
        with pytest.raises(ProblemError):
            DevelopmentIdentity()(headers)


def test_impossible_owner_is_refused_without_being_repeated():
    answer = ApiBench().submit(owner="mina kim")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert answer.json()["errors"][0]["field"] == "X-Sayline-Owner"
    assert "mina" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_development_identity_serves_this_machine(host: str):
    refuse_exposure(DevelopmentIdentity(), host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "api.example.com", ""])  # noqa: S104
def test_development_identity_serves_no_other(host: str):
    with pytest.raises(SystemExit, match="SAYLINE_API_HOST"):
        refuse_exposure(DevelopmentIdentity(), host)
