"""dramatiq on dramatiq_sqs; runs in an environment of its own, without Sayline.

`dramatiq dramatiq_app` runs a worker, `python dramatiq_app.py 100` sends; `BENCH_*` variables say where.
"""

import os
import sys

import dramatiq  # type: ignore[import-not-found] # not a dependency, here and below
from dramatiq_sqs import SQSBroker  # type: ignore[import-not-found]

broker = SQSBroker(
    endpoint_url=f"http://127.0.0.1:{os.environ['BENCH_PORT']}",
    region_name=os.environ["BENCH_REGION"],
    aws_access_key_id="test",
    aws_secret_access_key="test",  # noqa: S106 - the emulator's
)
dramatiq.set_broker(broker)


def _noop() -> None:
    """Do nothing."""


noop = dramatiq.actor(_noop, actor_name="noop", queue_name=os.environ["BENCH_QUEUE"].rpartition("/")[2])

if __name__ == "__main__":
    for _ in range(int(sys.argv[1])):
        noop.send()
