"""How long things are kept, each as long as what refers to it."""

from __future__ import annotations

from ops.settings import Settings
from schemas.kinds import registry
from schemas.retention import DEAD_LETTER_DAYS, HELD_DAYS, REQUESTS_PREFIX, prefixes

KEPT = prefixes()


def test_a_dead_letters_record_and_input_outlive_its_message_by_a_week():
    assert HELD_DAYS - DEAD_LETTER_DAYS >= 7


def test_a_request_in_the_bucket_can_be_read_as_long_as_its_record_stands():
    days = KEPT[REQUESTS_PREFIX]

    assert days is not None
    assert days >= max(HELD_DAYS, Settings(_env_file=None).record_retention_days)


def test_what_people_upload_as_theirs_is_not_deleted_with_what_is_only_passing_through():
    assert KEPT["profile-images"] is None
    assert KEPT["uploads"] == 7


def test_what_finished_work_is_found_by_is_gone_before_its_files_are():
    for kind in registry().values():
        days = KEPT[f"reuse/{kind.name}"]
        assert days is not None
        assert days >= 1
        assert days < kind.retention_days or kind.retention_days == 1
