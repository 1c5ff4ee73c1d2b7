"""Clients that submit a storm's jobs: a 202 is remembered, an unknown outcome is asked again with the same key."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Self

import httpx2

from ops.audit import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.chaos.jobs import Planned

THREADS = 4
#: Of the accepted ones so many are asked for again: the same key must lead to the same job.
_REPEATED = 0.1
_AGAIN_AFTER_S = 0.3


@dataclass
class Clients:
    """Threads that submit all jobs within `with`, spread over a time."""

    url: str
    jobs: Sequence[Planned]
    over_s: float
    accepted: dict[int, str] = field(default_factory=dict)
    """By number: the id of each job that was promised by a 202."""
    answers: Counter[str] = field(default_factory=Counter)
    """By status, or by the name of a transport's error."""
    findings: list[Finding] = field(default_factory=list)
    _given_up: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        self._threads = [Thread(target=self._submit_all, args=(n,), daemon=True) for n in range(THREADS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._given_up.set()
        self.join()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until all is submitted; return whether it is."""
        for thread in self._threads:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def unanswered(self) -> int:
        """How often a submission was not answered with 202."""
        return self.answers.total() - self.answers[str(HTTPStatus.ACCEPTED.value)]

    def _submit_all(self, offset: int) -> None:
        with httpx2.Client(base_url=self.url, timeout=30, trust_env=False) as client:
            for job in self.jobs[offset::THREADS]:
                self._given_up.wait(max(0.0, self._due(job) - time.monotonic()))
                self._submit(client, job)
                if job.key and Random(job.key).random() < _REPEATED:
                    self._submit(client, job)

    def _due(self, job: Planned) -> float:
        return self._began + self.over_s * job.number / len(self.jobs)

    def _submit(self, client: httpx2.Client, job: Planned) -> None:
        headers = {"X-Sayline-Owner": job.owner, **({"Idempotency-Key": job.key} if job.key else {})}
        while not self._given_up.is_set():
            try:
                answer = client.post(f"/v1/jobs/{job.kind}", json=job.body, headers=headers)
            except httpx2.TransportError as error:
                self._count(type(error).__name__)
            else:
                self._count(str(answer.status_code))
                if self._is_decided(job, answer):
                    return
            if job.key is None:
                return  # to ask again would make another job
            self._given_up.wait(_AGAIN_AFTER_S)

    def _is_decided(self, job: Planned, answer: httpx2.Response) -> bool:
        if answer.status_code == HTTPStatus.ACCEPTED:
            with self._lock:
                known = self.accepted.setdefault(job.number, answer.json()["id"])
            if known != answer.json()["id"]:
                self._find("key_made_two_jobs", job, f"{known} and {answer.json()['id']}")
            return True
        if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            return False
        self._find("unexpected_answer", job, f"{answer.status_code} {answer.text[:200]}")
        return answer.is_client_error

    def _count(self, answer: str) -> None:
        with self._lock:
            self.answers[answer] += 1

    def _find(self, code: str, job: Planned, detail: str) -> None:
        with self._lock:
            self.findings.append(Finding(code, f"job {job.number}", detail))
