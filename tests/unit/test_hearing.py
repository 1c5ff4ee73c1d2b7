"""Listening by numbers tells a voice from what is none."""

from __future__ import annotations

import numpy as np
import pytest

from ops.hearing import Samples, listen

RATE_HZ = 24_000
SECONDS = np.arange(2 * RATE_HZ) / RATE_HZ


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(RATE_HZ),
        np.random.default_rng(1).normal(0, 0.1, RATE_HZ),
        0.3 * np.sin(2 * np.pi * 200 * SECONDS),
        1e-5 * np.sin(2 * np.pi * 200 * SECONDS),
    ],
    ids=["silence", "noise", "tone", "hum"],
)
def test_what_is_no_voice_is_no_speech(samples: Samples):
    assert not listen(samples, RATE_HZ).is_speech


def test_a_description_says_what_it_rests_on():
    heard = str(listen(0.3 * np.sin(2 * np.pi * 200 * SECONDS), RATE_HZ))

    assert heard == "no speech: 2.00 s at 24000 Hz, -13 dBFS, 100% voiced, pitch 200 Hz"
