"""Celery on kombu's own SQS transport as its documentation says to write it, with late acknowledgement.

`python -m ops.bench.peers.stock` runs a worker, with what it needs in `BENCH_*` variables.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from celery import Celery, signals

from ops.lifeline import die_with_supervisor, say_ready

TASK = "noop"
#: URL of the queue, emulator's port, region, and `results` for the DynamoDB result backend.
QUEUE, PORT, REGION, RESULTS = "BENCH_QUEUE", "BENCH_PORT", "BENCH_REGION", "BENCH_RESULTS"


def new_app(*, url: str, port: int, region: str, results: bool) -> Any:  # noqa: ANN401 - Celery has no types
    """Return an app whose one queue has the URL; enough to send with."""
    name = url.rpartition("/")[2]
    app = Celery("stock", broker=f"sqs://test:test@127.0.0.1:{port}//", set_as_current=False)
    app.conf.update(
        broker_transport_options={"region": region, "is_secure": False, "predefined_queues": {name: {"url": url}}},
        broker_connection_retry_on_startup=True,
        task_default_queue=name,
        task_acks_late=True,
        task_ignore_result=not results,
        worker_enable_remote_control=False,
    )
    if results:
        app.conf.result_backend = f"dynamodb://test:test@localhost:{port}/celery?region={region}"
    return app


def noop() -> None:
    """Do nothing."""


def main() -> None:
    """Run a worker; its arguments are those of `celery worker`."""
    die_with_supervisor()
    signals.worker_ready.connect(lambda **_: say_ready(), weak=False)
    given = os.environ
    app = new_app(url=given[QUEUE], port=int(given[PORT]), region=given[REGION], results=RESULTS in given)
    app.task(noop, name=TASK)
    app.worker_main(["worker", "--loglevel", "warning", "--without-gossip", "--without-mingle", *sys.argv[1:]])


if __name__ == "__main__":
    main()
