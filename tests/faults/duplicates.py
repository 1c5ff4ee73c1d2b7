"""A second delivery: what a receive has brought is made visible again before its receiver has it.

The second receiver gets a receipt handle of its own, and the first one's is old: SQS's at-least-once, and no copy.
"""

from __future__ import annotations

import asyncio
import json
import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from tests.faults.wire import read_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.wire import Message

_HANDLE = re.compile(r"<ReceiptHandle>(.*?)</ReceiptHandle>")


async def show_again(request: Message, answer: Message, port: int) -> int:
    """Make all messages of a receive's answer visible; return how many there were."""
    found = list(handles(answer))
    if not found:
        return 0
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for handle in found:
            writer.write(_visible_now(request, handle))
            await read_answer(reader, "POST")
    finally:
        writer.close()
    return len(found)


def handles(answer: Message) -> Iterator[str]:
    """Iterate over the receipt handles in a receive's answer."""
    text = answer.body.decode()
    if text.startswith("<"):
        yield from map(unescape, _HANDLE.findall(text))
    else:
        yield from (message["ReceiptHandle"] for message in json.loads(text or "{}").get("Messages", ()))


def _queue_url(request: Message) -> str:
    text = request.body.decode()
    url: str = json.loads(text)["QueueUrl"] if text.startswith("{") else parse_qs(text)["QueueUrl"][0]
    return url


def _visible_now(request: Message, handle: str) -> bytes:
    asked = {"QueueUrl": _queue_url(request), "ReceiptHandle": handle, "VisibilityTimeout": 0}
    body = json.dumps(asked).encode()
    headers = {
        "Host": request.headers["host"],
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "AmazonSQS.ChangeMessageVisibility",
        "Content-Length": str(len(body)),
        "Authorization": request.headers.get("authorization", ""),
    }
    return ("POST / HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n").encode() + body
