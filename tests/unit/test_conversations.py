"""Conversations: turns follow one another, whoever dies, waits or comes twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemas import moves
from schemas.after import complete
from schemas.conversation import MAX_TURNS, History, conversation_folder
from schemas.errors import NotYetError, PermanentError, TransientError, UnavailableError
from schemas.outcome import Hidden, Settled
from schemas.redriving import begin_again
from schemas.status import Status
from tests.conversing import OWNER, Talk, answer, written
from tests.workers import LEASE_S
from workers.work import LeaseLostError

if TYPE_CHECKING:
    from schemas.job import Job
    from schemas.kinds.reply import ReplyRequest, ReplyResult
    from tests.conftest import ManualClock
    from workers.work import OwnerWork

QUARTER_S = 15 * 60


class KilledError(BaseException):
    """The process is no more."""


@pytest.fixture
def talk(clock: ManualClock) -> Talk:
    return Talk(clock)


def fails(error: BaseException) -> Any:
    """A handler that takes its turn, writes it down, and comes to nothing."""

    def handle(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
        answer(request, work)
        raise error

    return handle


def kept(talk: Talk, conversation: str = "one") -> list[str]:
    """The turns that a conversation's objects go up to."""
    folder = conversation_folder(OWNER, conversation)
    return [key.removeprefix(folder)[:5] for key in talk.bench.objects.keys(folder)]


def said(talk: Talk, conversation: str = "one") -> list[str]:
    history = talk.history(conversation)
    assert [turn.number for turn in history.turns] == list(range(1, talk.head(conversation).turns + 1))
    return [turn.message for turn in history.turns]


def die(talk: Talk, job_id: str, token: str, *, after_s: float = LEASE_S + 1) -> None:
    """Have an attempt write its turn down, and its process be killed there."""
    before, talk.handle = talk.handle, fails(KilledError())
    with pytest.raises(KilledError):
        talk.bench.deliver(token, job_id=job_id)
    talk.handle = before
    talk.clock.advance(after_s)


# --- one after the other ---


def test_a_turn_is_given_what_was_said_before(talk: Talk):
    talk.say("Hello", conversation="one", topic="food")
    job = talk.say("I like kimchi", conversation="one")

    assert job.status is Status.SUCCEEDED
    history = talk.history("one")
    assert [(turn.number, turn.message, turn.reply) for turn in history.turns] == [
        (1, "Hello", "1: Hello"),
        (2, "I like kimchi", "2: Hello / I like kimchi"),
    ]
    assert (history.topic, talk.head("one").topic) == ("food", "food")
    assert (talk.head("one").turns, talk.head("one").pending) == (2, None)


def test_a_conversation_without_a_name_has_its_first_jobs(talk: Talk):
    job = talk.say("Hello")

    assert talk.head(job.id).turns == 1
    assert talk.say("Again", conversation=job.id).status is Status.SUCCEEDED
    assert said(talk, job.id) == ["Hello", "Again"]


def test_the_latest_turn_says_level_role_and_topic(talk: Talk):
    talk.say("Hello", conversation="one", level="low", role="a waiter", topic="food")
    talk.say("Hello", conversation="one", level="B2", role="a doctor")

    head, history = talk.head("one"), talk.history("one")
    assert (head.level, head.role, head.topic) == ("B2", "a doctor", "food")
    assert (history.level, history.role, history.topic) == ("B2", "a doctor", "food")


def test_what_a_turn_leaves_out_is_as_the_conversation_has_it(talk: Talk):
    talk.say("Hello", conversation="one", level="low", role="a waiter", topic="food")
    talk.say("Hello", conversation="one")

    head, history = talk.head("one"), talk.history("one")
    assert (head.level, head.role, head.topic) == ("low", "a waiter", "food")
    assert (history.level, history.role, history.topic) == ("low", "a waiter", "food")


def test_notes_and_summary_are_there_at_the_next_turn(talk: Talk):
    seen: list[History] = []

    def handle(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
        dialogue = work.conversation(request.task)  # type: ignore[arg-type]
        seen.append(dialogue.history)
        result = written(dialogue, request.task)  # type: ignore[arg-type]
        note = {"a": {"n": dialogue.turn}, "b": ["음식"]}
        dialogue.end(reply="Yes.", recast="I went.", memory=note, summary="About food.", summarised_turns=dialogue.turn)
        return result

    talk.handle = handle
    talk.say("I goed", conversation="one")
    talk.say("Yes", conversation="one")

    assert (seen[1].memory, seen[1].summary, seen[1].summarised_turns) == (
        {"a": {"n": 1}, "b": ["음식"]},
        "About food.",
        1,
    )
    assert (seen[1].turns[0].recast, seen[1].turns[0].reply) == ("I went.", "Yes.")


def test_of_many_turns_few_objects_are_left(talk: Talk):
    for number in range(1, 8):
        talk.say(f"turn {number}", conversation="one")

    assert kept(talk) == ["00006", "00007"]


def test_an_owner_is_never_given_what_another_has_said(talk: Talk):
    talk.say("mine", conversation="one")
    talk.say("hers", conversation="one", owner="other")

    assert said(talk) == ["mine"]
    assert [turn.message for turn in talk.history("one", owner="other").turns] == ["hers"]


def test_a_full_conversation_takes_no_more(talk: Talk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workers.dialogues.MAX_TURNS", 2)
    assert MAX_TURNS > 2
    talk.say("1", conversation="one")
    talk.say("2", conversation="one")

    job = talk.say("3", conversation="one")

    assert (job.status, job.error and job.error.code) == (Status.FAILED, "conversation_full")
    assert said(talk) == ["1", "2"]


class Spy:
    """Notes what is asked for."""

    def __init__(self, inner: Any, asked: list[str]) -> None:
        self._inner = inner
        self._asked = asked

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def ask(*args: Any, **kwargs: Any) -> Any:
            self._asked.append(f"{name} {args[0].name}" if name == "apply" else name)
            return found(*args, **kwargs)

        return ask


def test_a_turn_costs_so_many_requests_and_no_more(talk: Talk, monkeypatch: pytest.MonkeyPatch):
    talk.say("1", conversation="one")
    talk.say("2", conversation="one")
    job_id = talk.ask("3", conversation="one")
    asked: list[str] = []
    conversations = Spy(talk.bench.store.conversations, asked)
    monkeypatch.setattr(talk.bench, "store", Spy(talk.bench.store, asked))
    monkeypatch.setattr(type(talk.bench), "conversations", conversations)
    monkeypatch.setattr(talk.bench, "objects", Spy(talk.bench.objects, asked))

    talk.bench.deliver("a", job_id=job_id)

    assert asked == [
        *("apply claim", "get", "hold"),  # the head is read once
        *("get", "keys", "delete"),  # the bucket: the history before, and what those before it have left
        *("put", "get"),  # the history, and whether it was deleted meanwhile
        *("apply succeed", "complete_after"),
    ]


# --- waiting ---


def test_a_job_waits_while_another_has_the_turn_and_burns_no_attempt(talk: Talk):
    outcomes: list[Any] = []

    def handle(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
        result = answer(request, work)
        if not outcomes:
            outcomes.append(None)
            outcomes[0] = talk.bench.deliver("second", job_id=second)
        return result

    talk.handle = handle
    first = talk.ask("first", conversation="one")
    second = talk.ask("second", conversation="one")
    talk.bench.deliver("first", job_id=first)

    waited = talk.bench.job(second)
    (outcome,) = outcomes
    assert isinstance(outcome, Hidden)
    assert (outcome.code, 1 <= outcome.seconds <= 3) == ("not_yet", True)
    assert (waited.status, waited.attempt, waited.lease, waited.history) == (Status.QUEUED, 0, None, ())
    assert (waited.waiting_since, waited.error) == (talk.clock(), None)
    assert talk.bench.deliver("third", job_id=second) == Settled("ok")
    assert said(talk) == ["first", "second"]


def test_a_numbered_turn_waits_for_those_before_it(talk: Talk):
    later = talk.ask("third", conversation="one", turn=3)
    assert isinstance(talk.bench.deliver("a", job_id=later), Hidden)
    assert talk.bench.conversations.get(OWNER, "one") is None

    talk.say("first", conversation="one", turn=1)
    assert isinstance(talk.bench.deliver("b", job_id=later), Hidden)
    talk.say("second", conversation="one")

    assert talk.bench.deliver("c", job_id=later) == Settled("ok")
    assert said(talk) == ["first", "second", "third"]


def test_a_turn_that_was_is_refused(talk: Talk):
    talk.say("first", conversation="one", turn=1)

    job = talk.say("again", conversation="one", turn=1)

    assert (job.status, job.error and job.error.code) == (Status.FAILED, "turn_taken")
    assert talk.head("one").pending is None


def test_nobody_waits_for_ever_for_a_turn_that_never_comes(talk: Talk):
    """Looks grow rarer: a queue gives a message up that it has delivered a hundred times."""
    job_id = talk.ask("second", conversation="one", turn=2)
    talk.clock.advance(3600)  # on its queue: that is no waiting for a turn
    began, looks = talk.clock(), 0
    while looks < 100 and isinstance(outcome := talk.bench.deliver(f"look {looks}", job_id=job_id), Hidden):
        looks += 1
        talk.clock.advance(outcome.seconds)

    job = talk.bench.job(job_id)
    assert (job.status, job.error and job.error.code) == (Status.FAILED, "turn_never_came")
    assert 30 < looks < 70
    assert QUARTER_S <= (talk.clock() - began).total_seconds() <= QUARTER_S * 1.1
    assert len(job.history) == 1


def test_nobody_waits_for_ever_for_a_job_that_never_ends(talk: Talk):
    first = talk.ask("first", conversation="one")
    die(talk, first, "dead", after_s=0)
    second = talk.ask("second", conversation="one")
    talk.bench.deliver("look", job_id=second)
    talk.clock.advance(QUARTER_S)

    talk.bench.deliver("look again", job_id=second)

    job = talk.bench.job(second)
    assert (job.status, job.error and job.error.code) == (Status.FAILED, "conversation_busy")


def test_a_job_that_is_run_again_may_wait_again(talk: Talk):
    job_id = talk.ask("second", conversation="one", turn=2)
    talk.bench.deliver("a", job_id=job_id)
    talk.clock.advance(QUARTER_S)
    talk.bench.deliver("b", job_id=job_id)

    begin_again(talk.bench.store, talk.bench.job(job_id), next_check_at=talk.clock(), now=talk.clock())

    assert isinstance(talk.bench.deliver("c", job_id=job_id, epoch=1), Hidden)
    assert talk.bench.job(job_id).waiting_since == talk.clock()


def test_a_job_that_waits_can_be_cancelled(talk: Talk):
    job_id = talk.ask("second", conversation="one", turn=2)
    talk.bench.deliver("a", job_id=job_id)
    end = talk.bench.runner().ending.badly(talk.clock())

    talk.bench.store.apply(moves.cancel(job_id, end=end, now=talk.clock()))

    assert talk.bench.deliver("b", job_id=job_id) == Settled()
    assert talk.bench.job(job_id).status is Status.CANCELLED


@pytest.mark.parametrize("name", ["begin", "hold"])
def test_a_write_whose_answer_was_lost_is_found_to_have_been_made(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, name: str
):
    """A client tries again, and is told that the head is no more what it was: it is its own write that it meets."""
    if name == "hold":
        talk.say("first", conversation="one")
    write = getattr(talk.bench.conversations, name)
    monkeypatch.setattr(talk.bench.conversations, name, lambda *args, **more: write(*args, **more) and False)

    job = talk.say("next", conversation="one")

    assert (job.status, job.attempt, said(talk)[-1]) == (Status.SUCCEEDED, 1, "next")


def test_who_loses_each_race_looks_again_later(talk: Talk, monkeypatch: pytest.MonkeyPatch):
    talk.say("first", conversation="one")
    monkeypatch.setattr(talk.bench.conversations, "hold", lambda *_, **__: False)
    job_id = talk.ask("second", conversation="one")

    assert isinstance(talk.bench.deliver("a", job_id=job_id), Hidden)

    monkeypatch.undo()
    assert talk.bench.deliver("b", job_id=job_id) == Settled("ok")


# --- whoever dies ---


@pytest.mark.parametrize("error", [PermanentError("bad", "Bad."), PermanentError("refused_by_policy", "No.")])
def test_a_job_that_fails_leaves_no_gap_no_lock_and_no_object(talk: Talk, error: Exception):
    talk.say("first", conversation="one")
    talk.handle = fails(error)
    talk.say("failed", conversation="one")
    assert kept(talk) == ["00001"]
    talk.handle = answer

    talk.say("second", conversation="one")

    assert said(talk) == ["first", "second"]


def test_an_attempt_that_fails_keeps_its_turn_for_the_next(talk: Talk):
    job_id = talk.ask("first", conversation="one")
    talk.handle = fails(TransientError("timed_out", "Too slow."))
    talk.bench.deliver("a", job_id=job_id)
    assert kept(talk) == []
    other = talk.ask("other", conversation="one")
    assert isinstance(talk.bench.deliver("b", job_id=other), Hidden)
    talk.handle = answer

    talk.bench.deliver("c", job_id=job_id)
    talk.bench.deliver("d", job_id=other)

    assert said(talk) == ["first", "other"]


def test_a_killed_attempts_turn_is_answered_once_and_what_it_left_goes(talk: Talk):
    job_id = talk.ask("first", conversation="one")
    die(talk, job_id, "dead")
    assert kept(talk) == ["00001"]

    assert talk.bench.deliver("alive", job_id=job_id) == Settled("ok")
    assert kept(talk) == ["00001", "00001"]
    talk.say("second", conversation="one")

    assert said(talk) == ["first", "second"]
    assert kept(talk) == ["00001", "00002"]


def test_a_dead_lettered_job_leaves_no_lock(talk: Talk):
    job_id = talk.ask("first", conversation="one")
    for number in range(talk.bench.kind.max_attempts):
        die(talk, job_id, f"dead {number}")
    talk.bench.deliver("finds it", job_id=job_id)
    assert talk.bench.job(job_id).status is Status.DEAD_LETTERED

    talk.say("second", conversation="one")

    assert said(talk) == ["second"]


def test_a_turn_that_its_worker_did_not_live_to_count_is_counted_by_the_next(talk: Talk, monkeypatch: Any):
    def die_here(*_: object) -> None:
        raise KilledError

    monkeypatch.setattr("workers.runner.complete", die_here)
    job_id = talk.ask("first", conversation="one")
    with pytest.raises(KilledError):
        talk.bench.deliver("dead", job_id=job_id)
    monkeypatch.setattr("workers.runner.complete", complete)
    assert (talk.head("one").turns, talk.bench.job(job_id).status) == (0, Status.SUCCEEDED)

    talk.say("second", conversation="one")

    assert said(talk) == ["first", "second"]


def test_of_two_attempts_of_a_job_the_one_that_has_it_counts(talk: Talk):
    """The first one stalls past its lease, and goes on when all is over."""
    job_id = talk.ask("first", conversation="one")

    def handle(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
        dialogue = work.conversation(request.task)  # type: ignore[arg-type]
        talk.handle = answer
        talk.clock.advance(LEASE_S + 1)
        talk.bench.deliver("second", job_id=job_id)
        talk.say("next", conversation="one")
        talk.say("last", conversation="one")
        with pytest.raises(LeaseLostError):
            work.checkpoint()
        return written(dialogue, request.task)  # type: ignore[arg-type]

    talk.handle = handle
    talk.bench.deliver("first", job_id=job_id)

    assert said(talk) == ["first", "next", "last"]
    assert kept(talk) == ["00002", "00003"]


def test_a_stalled_attempt_deletes_no_turn_that_was_counted_meanwhile(talk: Talk, monkeypatch: Any):
    """It stalls between its look at the head and the deletion of what turns before have left."""
    talk.say("first", conversation="one")
    job_id = talk.ask("second", conversation="one")
    keys = talk.bench.objects.keys

    def stall(prefix: str) -> Any:
        monkeypatch.setattr(talk.bench.objects, "keys", keys)
        talk.clock.advance(LEASE_S + 1)
        talk.bench.deliver("alive", job_id=job_id)
        talk.say("third", conversation="one")
        return keys(prefix)

    monkeypatch.setattr(talk.bench.objects, "keys", stall)
    talk.bench.deliver("stalled", job_id=job_id)

    assert said(talk) == ["first", "second", "third"]


def test_an_attempt_that_stalls_until_its_job_is_run_again_does_not_take_the_turn_from_it(talk: Talk):
    """The interleavings have found this one."""
    job_id = talk.ask("first", conversation="one")
    runs: list[Any] = []

    def stall(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
        talk.clock.advance(LEASE_S + 1)
        talk.handle = fails(PermanentError("bad", "Bad."))
        talk.bench.deliver("second", job_id=job_id)
        begin_again(talk.bench.store, talk.bench.job(job_id), next_check_at=talk.clock(), now=talk.clock())
        runs.append((request, work))
        talk.handle = run_again
        talk.bench.deliver("third", job_id=job_id, epoch=1)
        raise KilledError

    def run_again(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
        result = answer(request, work)
        with pytest.raises(NotYetError):
            answer(*runs[0])
        return result

    talk.handle = stall
    with pytest.raises(KilledError):
        talk.bench.deliver("first", job_id=job_id)

    assert talk.bench.job(job_id).status is Status.SUCCEEDED
    assert said(talk) == ["first"]


def test_a_job_that_is_run_again_does_not_take_its_turn_back(talk: Talk):
    """Whoever saw it failed may take its turn; it finds that, and has the next one."""
    talk.handle = fails(PermanentError("bad", "Bad."))
    failed = talk.say("failed", conversation="one")
    seen = talk.head("one")
    begin_again(talk.bench.store, failed, next_check_at=talk.clock(), now=talk.clock())

    def handle(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
        result = answer(request, work)
        # Somebody who saw it failed is late:
        assert not talk.bench.conversations.hold(seen, run="late-0", now=talk.clock())
        return result

    talk.handle = handle
    talk.bench.deliver("again", job_id=failed.id, epoch=1)

    assert said(talk) == ["failed"]


def test_while_a_failed_job_is_run_again_its_turn_may_be_anothers(talk: Talk):
    talk.handle = fails(PermanentError("bad", "Bad."))
    failed = talk.say("failed", conversation="one")
    talk.handle = answer
    talk.say("other", conversation="one")
    begin_again(talk.bench.store, failed, next_check_at=talk.clock(), now=talk.clock())

    talk.bench.deliver("again", job_id=failed.id, epoch=1)

    assert said(talk) == ["other", "failed"]


def test_a_copy_of_a_message_makes_no_second_turn(talk: Talk):
    job = talk.say("first", conversation="one")

    assert talk.bench.deliver("copy", job_id=job.id) == Settled()

    assert said(talk) == ["first"]
    assert talk.bench.handled == 1


def test_a_job_whose_holder_has_no_record_any_more_takes_the_turn(talk: Talk):
    first = talk.ask("first", conversation="one")
    die(talk, first, "dead")
    del talk.bench.store._jobs[first]  # noqa: SLF001 - its retention is over

    talk.say("second", conversation="one")

    assert said(talk) == ["second"]


def test_what_the_bucket_does_not_take_is_no_turn(talk: Talk, monkeypatch: Any):
    def out(*_: object, **__: object) -> None:
        raise UnavailableError("S3", "SlowDown")

    put = talk.bench.objects.put
    monkeypatch.setattr(talk.bench.objects, "put", out)
    job_id = talk.ask("first", conversation="one")
    assert isinstance(talk.bench.deliver("a", job_id=job_id), Hidden)
    monkeypatch.setattr(talk.bench.objects, "put", put)

    talk.bench.deliver("b", job_id=job_id)

    assert said(talk) == ["first"]


# --- deletion ---


def delete(talk: Talk, conversation: str = "one") -> None:
    """Delete a conversation as the API does: the mark, then the objects."""
    assert talk.bench.conversations.delete(OWNER, conversation, now=talk.clock())
    talk.bench.objects.delete(list(talk.bench.objects.keys(conversation_folder(OWNER, conversation))))


def failed_with(job: Job) -> str | None:
    assert job.status is Status.FAILED
    return job.error.code if job.error else None


def test_a_deleted_conversation_is_not_begun_again(talk: Talk):
    talk.say("first", conversation="one")
    delete(talk)

    assert failed_with(talk.say("second", conversation="one")) == "conversation_deleted"
    assert kept(talk) == []


def test_what_is_written_after_the_deletion_is_deleted(talk: Talk):
    def handle(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
        dialogue = work.conversation(request.task)  # type: ignore[arg-type]
        delete(talk)
        return written(dialogue, request.task)  # type: ignore[arg-type]

    talk.handle = handle

    assert failed_with(talk.say("first", conversation="one")) == "conversation_deleted"
    assert kept(talk) == []


def test_a_turn_that_was_written_before_the_deletion_ends_with_nothing_left(talk: Talk):
    def handle(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
        result = answer(request, work)
        delete(talk)
        return result

    talk.handle = handle
    job = talk.say("first", conversation="one")

    assert (job.status, job.is_open) == (Status.SUCCEEDED, False)
    assert (talk.head("one").deleted, talk.head("one").turns, kept(talk)) == (True, 0, [])


def test_what_a_killed_attempt_wrote_after_the_deletion_goes_with_the_next_one(talk: Talk):
    job_id = talk.ask("first", conversation="one")

    def handle(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
        dialogue = work.conversation(request.task)  # type: ignore[arg-type]
        delete(talk)
        talk.bench.objects.put(dialogue.key, b"{}", mime="application/json")  # type: ignore[attr-defined]
        raise KilledError

    talk.handle = handle
    with pytest.raises(KilledError):
        talk.bench.deliver("dead", job_id=job_id)
    talk.clock.advance(LEASE_S + 1)
    assert kept(talk) == ["00001"]

    talk.bench.deliver("alive", job_id=job_id)

    assert failed_with(talk.bench.job(job_id)) == "conversation_deleted"
    assert kept(talk) == []
