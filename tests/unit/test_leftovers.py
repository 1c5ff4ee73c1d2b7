"""What attempts leave behind is deleted at a job's end, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.memory import MemoryObjectStore
from tests.conftest import new_job
from workers.leftovers import delete_leftovers

if TYPE_CHECKING:
    from tests.conftest import ManualClock

FOLDER = "tts/job-1/"


def test_files_of_a_later_epoch_stay(clock: ManualClock):
    objects = MemoryObjectStore()
    gone = ["0.3-z/speech.mp3", "1.1-a/speech.mp3", "1.2-b/more.mp3", "vendor/1-transcript.json"]
    # Somebody has run the job again since this record was read.
    later = ["2.1-c/speech.mp3", "vendor/2-transcript.json", "10.1-d/speech.mp3"]
    for name in (*gone, *later, "1.2-b/speech.mp3"):
        objects.put(FOLDER + name, b"", mime="text/plain")

    delete_leftovers(objects, new_job("job-1", clock, epoch=1, files={"speech.mp3": f"{FOLDER}1.2-b/speech.mp3"}))

    assert {key.removeprefix(FOLDER) for key in objects.keys(FOLDER)} == {"1.2-b/speech.mp3", *later}
