"""The operators' commands: what they print, for people and programs, and what they refuse."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from ops.cli.operators import jobs as all_jobs
from ops.cli.operators import pausing, queues
from schemas.errors import NoQueueError, UnavailableError
from schemas.job import JobError, Lease, Payload
from schemas.kinds import registry
from schemas.operating import Pause
from schemas.status import Status
from tests.conftest import ManualClock, new_job
from tests.operating import Office, sign

COMMANDS = ("queues", "jobs", "workers", "pause", "resume", "drain")


@pytest.fixture
def office(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(clock, monkeypatch)


MORE = "There are more than {}: --limit says how many are listed.\n"


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples_and_fits_80_columns(office: Office, command: str):
    shown = office.run(command, "--help")

    assert shown.exit_code == 0
    assert f"\n  sayline {command}" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80


@pytest.mark.parametrize("command", ["queues", "drain", "pause"])
def test_a_kind_that_there_is_not_is_refused_with_those_that_there_are(office: Office, command: str):
    refused = office.run(command, "tss")

    assert refused.exit_code == 2
    assert "tss: there is no such kind. There are analysis" in refused.stderr.replace("\n", " ")


@pytest.mark.parametrize("command", [("queues",), ("jobs",), ("workers",), ("pause", "tts"), ("drain",)])
def test_aws_out_of_reach_is_a_sentence(office: Office, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]):
    def out(*_: object, **__: object) -> Any:
        raise UnavailableError("DynamoDB", "EndpointConnectionError")

    for method in ("paused", "pause", "workers"):
        monkeypatch.setattr(office.operating, method, out)
    monkeypatch.setattr(office.store, "scan", out)

    failed = office.run(*command)

    assert failed.exit_code == 69
    assert failed.stderr.startswith("DynamoDB is unavailable: EndpointConnectionError.")


# --- queues ---


@pytest.mark.parametrize(("suffix", "note", "unknown"), [("", "no queue", "visible"), ("-dlq", "no DLQ", "dead")])
def test_a_queue_that_is_gone_is_said_in_its_row_and_hides_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch, suffix: str, note: str, unknown: str
):
    depths = office.depths.depths

    def without(queue: str) -> Any:
        if queue == f"sayline-dev-tts{suffix}":
            raise NoQueueError("SQS", queue)
        return depths(queue)

    monkeypatch.setattr(office.depths, "depths", without)

    rows = office.run("queues", "tts", "reply").stdout.splitlines()
    documents = {row["kind"]: row for row in json.loads(office.run("queues", "--json").stdout)}

    [tts] = [row for row in rows if row.startswith("tts")]
    assert note in tts
    assert [row for row in rows if row.startswith("reply")]
    assert documents["tts"][unknown] is None
    assert documents["reply"][unknown] == 0
    assert [kind for kind, row in documents.items() if row["missing"]] == ["tts"]


def test_queues_are_shown_with_their_depths_rates_and_how_long_it_takes(office: Office, clock: ManualClock):
    office.depths.held["sayline-dev-tts"].update(visible=1190, in_flight=8, delayed=2)
    office.depths.held["sayline-dev-tts-dlq"].update(visible=3, in_flight=1)
    office.operating.say(sign(clock, kinds=("tts",), settled_per_s={"tts": 1.5}))
    office.operating.say(sign(clock, "host:2", kinds=("tts",), settled_per_s={"tts": 0.5}))
    office.operating.pause(Pause(kind="reply", since=clock(), by="mina@desk"))
    office.store.create(new_job("old", clock, created_at=clock() - timedelta(minutes=12)))
    office.store.create(new_job("new", clock))

    shown = office.run("queues", "tts", "reply", "analysis")

    assert shown.exit_code == 0
    head, tts, reply, analysis = (line.split() for line in shown.stdout.splitlines())
    assert head == ["QUEUE", "WAIT", "RUN", "LATER", "DEAD", "OLDEST", "IN/S", "OUT/S", "LEFT"]
    assert tts == ["tts", "1,190", "8", "2", "4", "12", "min", "-", "2.0", "10", "min"]
    assert reply == ["reply", "0", "0", "0", "0", "-", "-", "-", "paused"]
    assert analysis == ["analysis", "0", "0", "0", "0", "-", "-", "-", "no", "worker"]


@pytest.mark.parametrize(
    ("out", "said"), [((), ""), (("tts",), "engine out 1/2"), (("tts", "tts"), "engine out"), (("reply",), "")]
)
def test_an_engine_that_is_left_alone_is_seen_at_its_queue(
    office: Office, clock: ManualClock, out: tuple[str, ...], said: str
):
    for number in range(2):
        office.operating.say(sign(clock, f"host:{number}", out_of_order=out[number : number + 1]))

    shown = office.run("queues", "tts").stdout.splitlines()[1]

    assert shown.split("  ")[-1].strip() == said or (not said and shown.rstrip().endswith("0.0"))


def test_all_queues_are_shown_in_80_columns_however_full(office: Office, clock: ManualClock):
    office.operating.say(sign(clock, kinds=tuple(registry()), settled_per_s=dict.fromkeys(registry(), 9999.9)))
    for kind in registry():
        office.depths.held[f"sayline-dev-{kind}"].update(visible=9_999_999, in_flight=119_999, delayed=99_999)
        office.depths.held[f"sayline-dev-{kind}-dlq"].update(visible=9_999_999)

    shown = office.run("queues")

    assert len(shown.stdout.splitlines()) >= len(registry()) + 1
    assert max(map(len, shown.stdout.splitlines())) <= 80


def test_two_looks_tell_how_fast_jobs_come(office: Office, clock: ManualClock):
    held = office.depths.held["sayline-dev-tts"]
    held.update(visible=100)
    office.operating.say(sign(clock, settled_per_s={"tts": 2.0}))
    office.meanwhile.append(lambda: held.update(visible=-10))

    [shown] = json.loads(office.run("queues", "tts", "--over", "10", "--json").stdout)

    assert (shown["in_per_s"], shown["out_per_s"], shown["drained_in_s"]) == (1.0, 2.0, 90.0)
    assert (shown["kind"], shown["visible"], shown["workers"], shown["paused"]) == ("tts", 90, 1, False)


def test_a_watch_prints_look_after_look_until_it_is_interrupted(office: Office):
    office.meanwhile += [lambda: None, interrupt]

    watched = office.run("queues", "tts", "--watch", "--json")

    looks = [json.loads(line) for line in watched.stdout.splitlines()]
    assert (watched.exit_code, len(looks)) == (0, 2)
    assert [look["kind"] for look in looks[1]] == ["tts"]


def test_a_watch_without_a_terminal_prints_tables(office: Office):
    office.meanwhile += [lambda: None, interrupt]

    assert office.run("queues", "tts", "--watch").stdout.count("QUEUE") == 2


def test_a_watch_goes_on_after_a_look_that_fails_but_not_without_a_first(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    depths = office.depths.depths

    def out(_queue: str) -> Any:
        raise UnavailableError("SQS", "ReadTimeoutError")

    office.meanwhile += [
        lambda: monkeypatch.setattr(office.depths, "depths", out),
        lambda: monkeypatch.setattr(office.depths, "depths", depths),
        interrupt,
    ]
    watched = office.run("queues", "tts", "--watch", "--json")

    assert (watched.exit_code, len(watched.stdout.splitlines())) == (0, 2)
    assert watched.stderr == "SQS is unavailable: ReadTimeoutError. Looking again.\n"
    monkeypatch.setattr(office.depths, "depths", out)
    assert office.run("queues", "tts", "--watch").exit_code == 69


# --- jobs ---


@pytest.fixture
def jobs(office: Office, clock: ManualClock) -> Office:
    error = JobError(code="engine_timeout", message="Too slow.", retryable=True)
    for job in (
        new_job("queued", clock, created_at=clock() - timedelta(minutes=1)),
        new_job("failed", clock, status=Status.FAILED, error=error, created_at=clock() - timedelta(hours=2)),
        new_job("said", clock, kind="reply", owner="juno", request=Payload(inline={"text": "my secret"})),
        new_job("done", clock, status=Status.SUCCEEDED, created_at=clock() - timedelta(days=3)),
        new_job(
            "dead-worker",
            clock,
            status=Status.RUNNING,
            created_at=clock() - timedelta(minutes=30),
            started_at=clock() - timedelta(minutes=20),
            lease=Lease(token="t", until=clock() - timedelta(minutes=19), worker="host:9"),
        ),
    ):
        office.store.create(job)
    return office


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], ["said", "queued", "dead-worker", "failed", "done"]),
        (["--oldest", "--limit", "2"], ["done", "failed"]),
        (["--status", "queued"], ["said", "queued"]),
        (["--status", "queued", "--status", "failed", "--kind", "tts"], ["queued", "failed"]),
        (["--owner", "juno"], ["said"]),
        (["--older", "45m"], ["failed", "done"]),
        (["--newer", "1d", "--older", "45m"], ["failed"]),
        (["--stuck"], ["dead-worker"]),
        (["--owner", "mina", "--status", "succeeded"], ["done"]),
    ],
)
def test_jobs_are_found_by_what_is_asked_for(jobs: Office, options: list[str], found: list[str]):
    shown = jobs.run("jobs", "--json", *options)

    assert shown.exit_code == 0
    assert [job["id"] for job in json.loads(shown.stdout)] == found


def test_jobs_are_shown_with_their_errors_and_nothing_that_was_said(jobs: Office):
    shown = jobs.run("jobs", "--status", "failed")

    _, line, below = shown.stdout.splitlines()
    assert line.split() == ["failed", "tts", "failed", "0/3", "2", "h"]
    assert below == "  engine_timeout"
    for output in (jobs.run("jobs").stdout, jobs.run("jobs", "--json").stdout):
        assert "secret" not in output


def test_whose_a_job_is_is_shown_where_it_is_asked_for_in_80_columns(jobs: Office):
    long = "c6e1a9d2-" + "0" * 60 + "@eu-central-1"
    jobs.store.create(new_job("long", jobs.clock, owner=long))

    shown = jobs.run("jobs", "--owners").stdout

    lines = shown.splitlines()
    assert (
        lines[lines.index(next(line for line in lines if line.startswith("failed "))) + 1]
        == "  of mina: engine_timeout"
    )
    assert "  of juno" in lines
    assert "  of c6e1a9d2-000000000…0000@eu-central-1" in lines
    assert max(map(len, lines)) <= 80
    assert "juno" not in jobs.run("jobs").stdout


def test_a_stuck_job_is_shown_with_what_is_wrong(jobs: Office):
    shown = jobs.run("jobs", "--stuck").stdout

    assert "Its worker is dead, and no other has taken it over" in " ".join(shown.split())
    assert max(map(len, shown.splitlines())) <= 80


def test_no_jobs_are_said_to_be_none(office: Office):
    shown = office.run("jobs", "--stuck")

    assert (shown.exit_code, shown.stdout, shown.stderr) == (0, "", "There are no such jobs.\n")


@pytest.mark.parametrize("age", ["10", "m", "ten minutes", "-1m", "1w"])
def test_what_is_no_age_is_refused_with_examples(office: Office, age: str):
    refused = office.run("jobs", f"--older={age}")

    assert refused.exit_code == 2
    assert "write 90s, 10m, 2h or 3d" in refused.stderr


def test_a_list_of_jobs_that_is_cut_says_so(jobs: Office):
    number = len(json.loads(jobs.run("jobs", "--json").stdout))

    cut, whole = (jobs.run("jobs", "--limit", str(limit), "--json") for limit in (number - 1, number))

    assert (len(json.loads(cut.stdout)), cut.stderr) == (number - 1, MORE.format(number - 1))
    assert (len(json.loads(whole.stdout)), whole.stderr) == (number, "")


@pytest.mark.parametrize("newer", ["1h", "60m", "30m"])
def test_a_period_that_is_none_is_refused(office: Office, newer: str):
    refused = office.run("jobs", "--older", "1h", "--newer", newer)

    assert refused.exit_code == 2
    assert "Nothing is older than 1h" in refused.stderr
    assert "3650d is the most" in office.run("jobs", "--newer", "999999d").stderr


# --- workers ---


def test_workers_are_shown_with_what_they_do_and_since_when(office: Office, clock: ManualClock):
    office.operating.say(sign(clock, "a:1", in_hand={"tts": 2}, settled_per_s={"tts": 0.25}, paused=("reply",)))
    office.operating.say(sign(clock, "b:1", until=clock() - timedelta(seconds=1), versions={}))
    office.operating.say(sign(clock, "c:1", state="draining", registry="other", out_of_order=("tts",)))

    shown = office.run("workers")

    head, *rows = (line.split() for line in shown.stdout.splitlines())
    assert head == ["WORKER", "STATE", "KINDS", "HAND", "JOBS/S", "UP", "SEEN", "VERSION"]
    assert rows[0] == ["a:1", "running", "(reply)", "tts", "2", "0.2", "3", "h", "0", "s", "0.1.0"]
    assert rows[1][:2] == ["b:1", "silent"]
    assert rows[1][-1] == "source"
    assert rows[2][2:4] == ["reply", "tts!"]
    documents = json.loads(office.run("workers", "--json").stdout)
    assert [one["state"] for one in documents] == ["running", "silent", "draining"]
    assert [one["same_registry"] for one in documents] == [True, True, False]


def test_the_jobs_that_workers_run_are_listed_the_longest_first_and_only_those_that_still_run(jobs: Office):
    name = f"ip-10-0-3-7.{'eu-central-1.' * 6}internal:1"
    started_at = jobs.clock() - timedelta(minutes=2)
    new = new_job("0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55", jobs.clock, kind="pronunciation", status=Status.RUNNING)
    jobs.store.create(new.model_copy(update={"started_at": started_at, "attempt": 2}))
    jobs.operating.say(sign(jobs.clock, "b:1", running=(new.id, "done", "expired")))
    jobs.operating.say(sign(jobs.clock, name, running=("dead-worker",)))

    shown = jobs.run("workers", "--jobs")

    head, first, at_first, second, at_second = shown.stdout.splitlines()
    assert head.split() == ["JOB", "KIND", "TRY", "FOR"]
    assert first.split() == ["dead-worker", "tts", "0/3", "20", "min"]
    assert at_first.startswith("  at ip-10-0-3-7.eu-central-1.")
    assert second.split() == [new.id, "pronunciation", "2/3", "2", "min"]
    assert at_second == "  at b:1"
    assert max(map(len, shown.stdout.splitlines())) <= 80
    documents = json.loads(jobs.run("workers", "--jobs", "--json").stdout)
    assert [(job["id"], job["worker"]) for job in documents] == [("dead-worker", name), (new.id, "b:1")]


def test_workers_that_run_nothing_are_said_to_run_nothing(office: Office, clock: ManualClock):
    office.operating.say(sign(clock))

    said = office.run("workers", "--jobs")

    assert (said.stdout, said.stderr) == ("", "No worker has said that it runs a job.\n")


def test_a_worker_of_all_kinds_says_so_in_a_word_and_which_differ(office: Office, clock: ManualClock):
    office.operating.say(sign(clock, "a:1", kinds=tuple(registry())))
    paused, out = ("image", "tts"), ("reply", "tts")
    office.operating.say(sign(clock, "b:1", kinds=tuple(registry()), paused=paused, out_of_order=out))

    first, second = office.run("workers").stdout.splitlines()[1:]

    assert "  all  " in first
    assert "  all (image) reply! (tts!)  " in second


def test_no_workers_are_said_to_be_none(office: Office):
    assert "`sayline worker` starts one" in office.run("workers").stderr


# --- pause, resume, drain ---


def test_a_kind_is_paused_once_and_resumed_once(office: Office, clock: ManualClock):
    office.run("pause", "tts")
    clock.advance(60)
    again = office.run("pause", "tts", "reply", "tts", "--json")

    first, second = json.loads(again.stdout)
    assert (first["kind"], second["kind"]) == ("tts", "reply")
    assert first["since"] < second["since"]
    resumed = office.run("resume", "tts", "analysis")
    assert resumed.stdout.splitlines() == ["tts is resumed", "analysis was not paused"]
    assert json.loads(office.run("resume", "--all", "--json").stdout) == {"reply": True}
    assert "Nothing is paused." in office.run("resume", "--all").stderr


@pytest.mark.parametrize("options", [(), ("tts", "--all")])
def test_a_resume_wants_either_kinds_or_all(office: Office, options: tuple[str, ...]):
    assert office.run("resume", *options).exit_code == 2


def test_a_drain_pauses_all_and_waits_for_what_runs(office: Office, clock: ManualClock):
    office.operating.say(sign(clock, in_hand={"tts": 1, "reply": 1}))
    office.meanwhile += [
        lambda: office.operating.say(sign(clock, in_hand={"tts": 1}, paused=("reply", "tts"))),
        lambda: office.operating.say(sign(clock, paused=("reply", "tts"))),
    ]

    drained = office.run("drain")

    assert drained.exit_code == 0
    assert set(office.operating.paused()) == set(registry())
    assert "1 in hand, 0 workers yet to pause" in drained.stderr
    assert "Drained" in drained.stderr


def test_a_drain_waits_for_a_silent_worker_unless_it_is_known_to_be_dead(office: Office, clock: ManualClock):
    office.operating.say(sign(clock, "host:7", in_hand={"tts": 1}, until=clock() - timedelta(seconds=1)))

    ended = office.run("drain", "tts", "--timeout", "5")

    assert ended.exit_code == 75
    assert "0 in hand, 0 workers yet to pause, silent: host:7" in ended.stderr
    assert "If host:7 is dead, say --gone host:7." in ended.stderr.replace("\n", " ")
    assert office.run("drain", "tts", "--gone", "host:7").exit_code == 0


def test_a_drain_that_takes_too_long_says_so_and_leaves_the_kinds_paused(office: Office, clock: ManualClock):
    office.operating.say(sign(clock, in_hand={"tts": 1}, until=clock() + timedelta(hours=1)))

    ended = office.run("drain", "tts", "--timeout", "5", "--json")

    assert ended.exit_code == 75
    expected = {"kinds": ["tts"], "drained": False, "in_hand": 1, "unheard": 1, "silent": []}
    assert json.loads(ended.stdout) == expected
    assert "stay paused" in ended.stderr
    assert set(office.operating.paused()) == {"tts"}


# --- on a terminal ---


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What a terminal of 80 columns is sent."""
    sent = StringIO()

    def console() -> Console:
        return Console(file=sent, force_terminal=True, width=80, markup=False, highlight=False)

    for command in (queues, pausing, all_jobs):
        for stream in ("board", "out", "err"):
            monkeypatch.setattr(command, stream, console, raising=False)
    return sent


def test_a_watch_on_a_terminal_is_one_table_that_changes(office: Office, screen: StringIO):
    held = office.depths.held["sayline-dev-tts"]
    office.meanwhile += [lambda: held.update(visible=71), interrupt]

    assert office.run("queues", "tts", "--watch").exit_code == 0

    first, _, second = screen.getvalue().partition("\x1b[2K")
    assert "71" not in first
    assert "71" in second


def test_a_drain_on_a_terminal_says_what_it_waits_for(office: Office, screen: StringIO, clock: ManualClock):
    office.operating.say(sign(clock, in_hand={"tts": 1}))
    office.meanwhile.append(lambda: office.operating.say(sign(clock, paused=("tts",))))

    assert office.run("drain", "tts").exit_code == 0

    assert "Drained" in screen.getvalue()


def test_jobs_are_counted_on_a_terminal_and_found_all_the_same(jobs: Office, screen: StringIO):
    assert jobs.run("jobs", "--kind", "reply").exit_code == 0

    assert "said" in screen.getvalue()
