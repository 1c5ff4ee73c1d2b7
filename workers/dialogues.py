"""Turns of conversations: a job holds the next one from its handler's start to what follows its end.

    job 1  --hold: turn 1----------[ answers ]--history written--succeed: after = turn 1--complete: turns = 1--
    job 2  -----------------not yet----------------------------------------------------------hold: turn 2------

Nothing is counted before the job has succeeded, and that with the removal of the entry that says so: a job that dies,
fails or is cancelled leaves neither a gap nor a lock, as whoever comes next looks at the job that holds the turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from schemas import histories
from schemas.after import complete
from schemas.conversation import MAX_TURNS, ConversationHead, History, Turn, history_key
from schemas.errors import MissingObjectError, NotYetError, PermanentError
from schemas.job import TurnAfter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.job import Job
    from schemas.ports import Clock, Conversations, JobStore, ObjectStore
    from schemas.reply.tasks import Conversation

#: A job waits this long for its turn, from when it first had to.
PATIENCE = timedelta(minutes=15)
#: Rounds of losing a race to another job before the message is put back.
_ROUNDS = 3
_BUSY = "Another job is answering this conversation."
_DELETED = "The conversation was deleted."


@dataclass(kw_only=True, repr=False)
class TurnInHand:
    """Implements `workers.work.Dialogue`: a turn that the job holds."""

    history: History
    """What was said before; level, role and topic are those of this turn."""
    turn: int
    """The number of the turn to be answered, from 1."""
    after: TurnAfter | None = None
    """What is to follow the job's success; none before the turn was written down."""
    key: str
    """Where the turn is written down, by this attempt alone."""
    _task: Conversation
    _job: Job
    _dialogues: Dialogues

    def end(
        self,
        *,
        reply: str,
        recast: str | None,
        memory: Mapping[str, object],
        summary: str | None,
        summarised_turns: int,
    ) -> None:
        """Write the turn down; it counts with the job's success, and not without it."""
        said = Turn(
            number=self.turn,
            job_id=self._job.id,
            at=self._dialogues.clock(),
            message=self._task.message,
            reply=reply,
            recast=recast,
        )
        history = self.history.model_copy(
            update={
                "turns": (*self.history.turns, said),
                "memory": dict(memory),
                "summary": summary,
                "summarised_turns": summarised_turns,
            }
        )
        self._dialogues.write(self._job.owner, history, self.key)
        self.after = TurnAfter(
            conversation=history.id,
            turn=self.turn,
            key=self.key,
            level=history.level,
            role=history.role,
            topic=history.topic,
        )


@dataclass(frozen=True, kw_only=True)
class Dialogues:
    """Has jobs take turns."""

    heads: Conversations
    jobs: JobStore
    objects: ObjectStore
    clock: Clock

    def take(self, task: Conversation, job: Job, *, attempt: str) -> TurnInHand:
        """Take the next turn for a job, or go on with the one that it has; `attempt` names the attempt.

        Raises:
            NotYetError: another job has that turn, or turns before this one are still to come.
            PermanentError: `turn_taken`, `turn_never_came`, `conversation_busy`, `conversation_deleted` or
                `conversation_full`.
        """
        head = self._held(task, job)
        history = task.continued(self._read(head, job))
        histories.tidy(head, self.objects)
        turn = head.turns + 1
        key = history_key(job.owner, head.id, turn, attempt)
        return TurnInHand(history=history, turn=turn, key=key, _task=task, _job=job, _dialogues=self)

    def _read(self, head: ConversationHead, job: Job) -> History:
        """Return what was said before; gone a moment later, it was deleted: the next look says so."""
        try:
            return histories.read(head, self.objects)
        except MissingObjectError:
            raise self._not_yet(job, "conversation_deleted", _DELETED) from None

    def write(self, owner: str, history: History, key: str) -> None:
        """Write a history.

        Whoever deletes the conversation marks it first and then deletes its objects: either that finds this one, or the
        mark is found here.
        """
        histories.write(history, key, self.objects)
        head = self.heads.get(owner, history.id)
        if head is None or head.deleted:
            self.objects.delete([key])
            raise _deleted()

    def _held(self, task: Conversation, job: Job) -> ConversationHead:
        """Return the head of the conversation, its next turn held by the job."""
        conversation_id = task.conversation or job.id
        for _ in range(_ROUNDS):
            head = self.heads.get(job.owner, conversation_id)
            holder = self._holder(head, job)
            if holder and holder.after:
                complete(self.jobs, holder)
                continue
            self._refuse(task, head, job)
            if holder and not holder.status.is_final:
                raise self._not_yet(job, "conversation_busy", _BUSY)
            if head is None:
                head = self._new(conversation_id, job)
                if self.heads.begin(head):
                    return head
            elif head.pending == job.run or self.heads.hold(head, run=job.run, now=self.clock()):
                return head
        raise self._not_yet(job, "conversation_busy", _BUSY)

    def _holder(self, head: ConversationHead | None, job: Job) -> Job | None:
        """Return the job that has the next turn; None where there is none, its record is gone, or it is this one.

        An attempt that stalls for so long that its job is run again finds a later epoch there, as good as another job.
        """
        if head is None or head.holder is None:
            return None
        job_id, epoch = head.holder
        return self.jobs.get(job_id) if job_id != job.id or epoch > job.epoch else None

    def _refuse(self, task: Conversation, head: ConversationHead | None, job: Job) -> None:
        """Raise where the job is to have no turn, or not yet."""
        if head and head.deleted:
            histories.erase(head.owner, head.id, self.objects)
            raise _deleted()
        turns = head.turns if head else 0
        if task.turn is not None and turns >= task.turn:
            raise PermanentError("turn_taken", f"The conversation has {turns} turns already.")
        if task.turn is not None and turns < task.turn - 1:
            message = f"The conversation has {turns} turns: those before turn {task.turn} are still to come."
            raise self._not_yet(job, "turn_never_came", message)
        if turns >= MAX_TURNS:
            raise PermanentError("conversation_full", f"A conversation has {MAX_TURNS} turns at most. Begin another.")

    def _not_yet(self, job: Job, code: str, message: str) -> NotYetError | PermanentError:
        """Return what has the job wait, or fail where it has waited for too long."""
        if job.waiting_since and self.clock() - job.waiting_since >= PATIENCE:
            return PermanentError(code, message)
        return NotYetError("not_yet", message)

    def _new(self, conversation_id: str, job: Job) -> ConversationHead:
        now = self.clock()
        return ConversationHead(
            id=conversation_id,
            owner=job.owner,
            pending=job.run,
            created_at=now,
            updated_at=now,
        )


def _deleted() -> PermanentError:
    return PermanentError("conversation_deleted", _DELETED)
