"""One storm: `python -m tests.chaos.run` within a planted tree; the report is JSON in the work directory."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ops import log
from ops.audit import Finding
from ops.aws.clients import Clients as AwsClients
from ops.aws.dynamodb import DynamoJobStore
from ops.aws.queues import SqsQueues
from ops.settings import Settings
from tests.chaos import jobs, logs
from tests.chaos.calls import bill, read_ledger
from tests.chaos.checker import check
from tests.chaos.clients import Clients
from tests.chaos.scale import Scale
from tests.chaos.stack import StormyStack
from tests.chaos.tree import KINDS
from tests.chaos.violence import Violence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.chaos.jobs import Planned

#: Of the storm's time, so much passes until the last job is submitted.
_SUBMITTED_WITHIN = 0.8
#: A deed is done this often in the mean.
_GAP_S = 1.7
_LOOK_S = 1.0
_SUBMIT_PATIENCE_S = 60


class Storm:
    """Runs a storm and judges what it has left."""

    def __init__(self, scale: Scale, work_dir: Path, show: Callable[[str, int], None]) -> None:
        self._scale = scale
        self._work_dir = work_dir
        self._show = show
        self._planned: Sequence[Planned] = jobs.plan(scale.seed, scale.jobs)

    def run(self) -> dict[str, Any]:
        """Return the report."""
        with StormyStack(self._work_dir, self._scale) as stack:
            began = time.monotonic()
            clients, violence = self._blow(stack)
            open_left = self._wait(stack, clients)
            seconds = time.monotonic() - began
            return self._judge(stack, clients, violence, open_left) | {"seconds": round(seconds)}

    def _blow(self, stack: StormyStack) -> tuple[Clients, Violence]:
        violence = Violence(stack, _GAP_S)
        over_s = self._scale.storm_s * _SUBMITTED_WITHIN
        url = stack.running.stack.api_url
        with Clients(url, self._planned, over_s) as clients:
            stack.storm()
            with violence:
                end = time.monotonic() + self._scale.storm_s
                while time.monotonic() < end:
                    self._show("storm", len(clients.accepted))
                    time.sleep(_LOOK_S)
            stack.calm()
            clients.join(_SUBMIT_PATIENCE_S)
        return clients, violence

    def _wait(self, stack: StormyStack, clients: Clients) -> int:
        """Wait until nothing is open and no message is left; return what is after all the time there is."""
        aws = AwsClients(stack.settings)
        store = DynamoJobStore(aws.dynamodb, stack.settings.table_name)
        queues = SqsQueues(aws.sqs, stack.settings)
        end = time.monotonic() + self._scale.calm_s
        while True:
            left = sum(store.count_open(kind, at_most=self._scale.jobs) for kind in KINDS)
            parked = sum(not job.status.is_final for job in store.scan()) if not left else 0
            waiting = sum(queues.depth(kind) for kind in KINDS)
            self._show("calm", len(clients.accepted) - left)
            if not left + parked + waiting or time.monotonic() > end:
                return left + parked
            time.sleep(_LOOK_S)

    def _judge(self, stack: StormyStack, clients: Clients, violence: Violence, open_left: int) -> dict[str, Any]:
        checked = check(stack.settings, self._planned, clients.accepted)
        vendor_jobs = {number: job for number, job in checked.jobs.items() if job.kind == "vendor"}
        lost = frozenset(json.loads(request.body)["call"] for request in stack.lost_calls)
        billed = bill(read_ledger(stack.ledger), lost, violence.deeds, vendor_jobs)
        remaining = checked.without_leftovers(clients.unanswered)
        findings = [
            *remaining,
            *billed.findings,
            *clients.findings,
            *(
                Finding("not_submitted", str(job.key))
                for job in self._planned
                if job.key and job.number not in clients.accepted
            ),
            *(Finding("sigterm_overdue", text) for text in violence.overdue),
            *(Finding("harness", text) for proxy in (*stack.proxies, stack.vendor) for text in proxy.errors),
        ]
        return {
            "scale": self._scale.as_dict(),
            "accepted": len(clients.accepted),
            "ends": dict(Counter(job.status.value for job in checked.jobs.values())),
            "errors": dict(Counter(job.error.code for job in checked.jobs.values() if job.error)),
            "attempts": sum(job.attempt for job in checked.jobs.values()),
            "outcomes": dict(Counter(line.outcome for job in checked.jobs.values() for line in job.history)),
            "answers": dict(clients.answers),
            "deeds": violence.counts(),
            "faults": {**stack.aws_plan.report(), **stack.vendor_plan.report()},
            "duplicated": sum(proxy.duplicated for proxy in stack.proxies),
            "bill": billed.as_dict(),
            "open_left": open_left,
            "requests_left": len(checked.findings) - len(remaining),
            "findings": [finding.as_dict() for finding in findings],
            "endings": dict(logs.endings(stack.log)),
            "complaints": dict(logs.unexpected(stack.log)),
        }


def main() -> None:
    """Run one storm as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scale")
    parser.add_argument("work_dir", type=Path)
    parser.add_argument("--quiet", action="store_true")
    asked = parser.parse_args()
    scale = Scale(**json.loads(asked.scale))
    log.configure(Settings(_env_file=None), process="storm", stream=(asked.work_dir / "storm.log").open("w"))
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with nullcontext() if asked.quiet else Progress(*columns, console=console) as progress:
        task = progress.add_task("start", total=scale.jobs) if progress else None

        def show(phase: str, done: int) -> None:
            if progress and task is not None:
                progress.update(task, description=f"{scale.pool} {scale.seed} {phase}", completed=max(done, 0))

        report = Storm(scale, asked.work_dir, show).run()
    (asked.work_dir / "report.json").write_text(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
