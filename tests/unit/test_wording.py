"""Differences from the template, in words."""

from __future__ import annotations

from typing import Any

import pytest

from ops.infra.facts.wording import differences, duration


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *((0, "0 s"), (5, "5 s"), (60, "60 s"), (90, "90 s"), (300, "5 minutes"), (3_600, "1 hour")),
        *((5_400, "90 minutes"), (86_400, "1 day"), (345_600, "4 days"), (90_000, "25 hours"), (86_401, "86401 s")),
    ],
)
def test_a_time_is_said_in_the_largest_unit_that_fits_exactly(seconds: int, said: str):
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("found", "wanted", "said"),
    [
        (None, {"rule tts": "expires after 30 days"}, ["it is not set"]),
        ({}, {"rule tts": "expires after 30 days"}, ["rule tts is missing: expires after 30 days"]),
        ({"rule a": "x", "rule b": "y"}, {"rule a": "x"}, ["rule b is y, and should not be there"]),
        ({"Enabled": False}, {"Enabled": True}, ["Enabled is off, not on"]),
        ({"VisibilityTimeout": 5}, {"VisibilityTimeout": 60}, ["VisibilityTimeout is 5 s, not 60 s"]),
        (
            {"RedriveAllowPolicy": {"redrivePermission": "allowAll"}},
            {"RedriveAllowPolicy": {"redrivePermission": "byQueue", "sourceQueueArns": ["tts"]}},
            ["RedriveAllowPolicy is redrivePermission allowAll, not by tts alone"],
        ),
        ("by pk (S)", "by pk (S) and sk (S)", ["it is by pk (S), not by pk (S) and sk (S)"]),
        ({"a": 1}, {"a": 1}, []),
    ],
)
def test_each_property_that_differs_is_a_clause_without_pythons_signs(found: Any, wanted: Any, said: list[str]):
    assert list(differences(found, wanted)) == said
