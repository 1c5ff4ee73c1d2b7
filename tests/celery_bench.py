"""A channel of the transport over a custody, and requests as Celery's worker makes them of its messages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from billiard.einfo import ExceptionInfo
from celery import Celery, Task
from celery.app.trace import trace_task_ret
from kombu import Connection

from ops.sqs_transport import channel as ours
from ops.sqs_transport.custody import Custody
from ops.sqs_transport.request import SqsRequest, strategy
from tests.transport import QUEUE, body, held, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.sqs_transport.held import Ending, Held


def raised(error: BaseException) -> Any:
    """An error as a pool of threads hands it over."""
    try:
        raise error  # noqa: TRY301 - for its traceback
    except BaseException:  # noqa: BLE001 - any
        return ExceptionInfo()


class FakeHub:
    """An event loop that runs nothing, and remembers what it was asked to run."""

    def __init__(self) -> None:
        self.soon: list[tuple[Any, ...]] = []

    def call_soon(self, callback: Callable[..., None], *arguments: Any) -> None:
        self.soon.append((callback, *arguments))


class FakePool:
    """A pool that takes whatever it is given."""

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []

    def apply_async(self, _target: Any, **options: Any) -> None:
        self.given.append(options)


class Bench:
    """What is received is taken into the custody, and delivered; `taken` is what Celery's consumer gets."""

    def __init__(self, task: str = "sayline.tts") -> None:
        self.custody = Custody(slots=9, pool_size=9, guards={})
        self.client = object()
        self.receiving: list[Any] = []
        self.hub, self.pool = FakeHub(), FakePool()
        self.connection = Connection(
            transport=ours.Transport,
            transport_options={
                "predefined_queues": {QUEUE: {"url": url()}},
                "parts": SimpleNamespace(
                    custody=self.custody,
                    keeper_client=lambda: self.client,
                    receive=lambda *received: self.receiving.append(received),
                ),
                "region": "us-east-1",
                "sqs_base64_encoding": False,
            },
        )
        self.channel: Any = self.connection.channel()
        self.channel.hub = self.hub
        self.taken: list[Any] = []
        self.channel.basic_consume(QUEUE, no_ack=False, callback=self.take, consumer_tag="tag")
        self.app = Celery("test", set_as_current=False)
        self.app.conf.update(accept_content=["json"], task_acks_late=True, task_ignore_result=True)
        self.task = self.app.register_task(type("AnyTask", (Task,), {"name": task})())
        self.reserved: list[SqsRequest] = []
        self.make = strategy(self.task, self.app, self.consumer(self.reserved.append))

    @staticmethod
    def consumer(on_task_request: Callable[[Any], None] | None = None) -> Any:
        """What a strategy needs of Celery's consumer."""
        return SimpleNamespace(hostname="host", connection_errors=(OSError,), on_task_request=on_task_request)

    def take(self, message: Any) -> None:
        message.accept = {"application/json"}
        self.taken.append(message)

    def receive(self, receipt: str = "one", text: str | None = None, **fields: Any) -> None:
        """Receive a message, as far as the event loop."""
        self.deliver(held(receipt, body=body() if text is None else text, **fields))

    def deliver(self, *messages: Held) -> None:
        self.custody.take(QUEUE, messages)
        told = [(message, {"ReceiptHandle": message.receipt, "Body": message.body}) for message in messages]
        self.channel._deliver(QUEUE, told)  # noqa: SLF001 - what the event loop runs

    def request(self, receipt: str = "one") -> SqsRequest:
        """Receive a message, and return its request."""
        self.receive(receipt)
        self.reserve()
        return self.reserved[-1]

    def reserve(self) -> None:
        """Make a request of the message that was received last."""
        message = self.taken[-1]
        self.make(message, None, message.ack_log_error, message.reject_log_error, [])

    def run(self, returned: str | None) -> Any:
        """Run a task as a pool does, and return what its parent is called back with."""
        name = f"sayline.{uuid4().hex}"
        self.app.register_task(type("Returning", (Task,), {"name": name, "run": lambda _: returned})())
        return trace_task_ret(name, "id", {"id": "id"}, "[[], {}, {}]", "application/json", "utf-8", app=self.app)

    def endings(self) -> list[tuple[str, Ending]]:
        return [(message.receipt, ending) for message, ending in self.custody.drain()]
