"""taskiq on taskiq-aio-sqs, ten messages to a receive; runs in an environment of its own, without Sayline.

`taskiq worker taskiq_app:broker` runs a worker, `python taskiq_app.py 100` sends; `BENCH_*` variables say where.
"""

import asyncio
import os
import sys

from taskiq_aio_sqs import SQSBroker  # type: ignore[import-not-found] # not a dependency

broker = SQSBroker(
    os.environ["BENCH_QUEUE"].rpartition("/")[2],
    endpoint_url=f"http://127.0.0.1:{os.environ['BENCH_PORT']}",
    region_name=os.environ["BENCH_REGION"],
    aws_access_key_id="test",
    aws_secret_access_key="test",  # noqa: S106 - the emulator's
    max_number_of_messages=10,
)


async def _noop() -> None:
    """Do nothing."""


noop = broker.register_task(_noop, task_name="noop")


async def _send(count: int) -> None:
    await broker.startup()
    for _ in range(count):
        await noop.kiq()
    await broker.shutdown()


if __name__ == "__main__":
    asyncio.run(_send(int(sys.argv[1])))
