"""Settings with which jobs would be lost or doubled are refused, in a sentence."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ops.settings import CLOCK_SKEW_S, Settings


def test_a_visibility_in_which_two_heartbeats_do_not_fit_is_refused():
    with pytest.raises(ValidationError, match=r"visibility_s \(39\) is too short for heartbeat_s \(15\): .* 40"):
        Settings(_env_file=None, visibility_s=39, heartbeat_s=15)

    assert Settings(_env_file=None, visibility_s=40, heartbeat_s=15).visibility_s == 40


def test_threads_take_no_more_than_they_run():
    with pytest.raises(ValidationError, match="prefetch is 1 with threads"):
        Settings(_env_file=None, pool="threads", prefetch=2)


def test_what_is_wrong_is_not_repeated_as_it_may_be_a_secret():
    with pytest.raises(ValidationError, match=r"engine_options\.openai") as raised:
        Settings(_env_file=None, engine_options={"openai": "sk-0123456789"})

    assert "sk-" not in str(raised.value)


@pytest.mark.parametrize("pool", ["solo", "gevent", "eventlet"])
def test_a_pool_that_stops_the_keepers_timers_is_refused(pool: str):
    with pytest.raises(ValidationError, match="prefork"):
        Settings(_env_file=None, pool=pool)


def test_a_first_lease_ends_before_the_visibility_whatever_the_message_has_waited():
    settings = Settings(_env_file=None, visibility_s=60, heartbeat_s=15)

    assert settings.lease_s == 60 - 15 - CLOCK_SKEW_S


def test_a_poll_is_long_on_aws_and_short_where_people_wait_for_the_end():
    polls = {aws: Settings(_env_file=None, aws=aws).poll_s for aws in ("aws", "local", "localstack")}

    assert polls == {"aws": 20, "local": 2, "localstack": 2}
    assert Settings(_env_file=None, long_poll_s=7).poll_s == 7


def test_names_follow_the_environment():
    settings = Settings(_env_file=None, environment="one")
    assert settings.stack == "sayline-one"

    assert settings.model_copy(update={"environment": "two"}).queue_name("tts") == "sayline-two-tts"
