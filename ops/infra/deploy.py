"""Deployment: the stack is created or updated until it is as the template says, and what exists is mended."""

from __future__ import annotations

import json
import time
from itertools import takewhile
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import ClientError

from ops.aws.errors import message
from ops.infra.facts import facts
from ops.infra.mending import mend
from ops.infra.template import render

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

    from ops.aws.clients import Clients
    from ops.infra.template import JsonObject
    from ops.settings import Settings

_TIMEOUT_S = 900.0
_POLL_INTERVAL_S = 3.0
_EMULATOR_POLL_INTERVAL_S = 0.1
_DEPLOYED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
#: A stack in one of these takes no update: nothing of it was ever in use.
_STILLBORN = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"})

log = structlog.get_logger(__name__)


class DeployError(Exception):
    """The stack could not be deployed; the message says which resource, and why."""


def deploy(settings: Settings, clients: Clients) -> list[str]:
    """Create or update the environment's stack, then set by API what is not as the template says.

    Returns what was set in a stack that was there before, property by property, in words; nothing where all was right.
    CloudFormation itself leaves alone what others have changed as long as the template is the same, and an emulator's
    takes some properties without a word and forgets them.

    Raises:
        DeployError: CloudFormation has failed, or something isn't as the template says and could not be set.
    """
    template = render(settings)
    interval_s = _POLL_INTERVAL_S if settings.aws == "aws" else _EMULATOR_POLL_INTERVAL_S
    is_new = _Stack(clients.cloudformation, settings.stack, interval_s).apply(template)
    changed, wrong = mend(facts(template, clients), interval_s=interval_s)
    if wrong:
        raise DeployError("\n".join([*wrong, *changed]))
    return [] if is_new else changed


class _Stack:
    """One CloudFormation stack."""

    def __init__(self, client: CloudFormationClient, name: str, interval_s: float) -> None:
        self._client = client
        self._name = name
        self._interval_s = interval_s

    def apply(self, template: JsonObject) -> bool:
        """Create or update the stack; return whether it is a new one."""
        status = self._settle()
        if status in _STILLBORN:
            self._client.delete_stack(StackName=self._name)
            status = self._settle()
        body = json.dumps(template, separators=(",", ":"))
        is_new = status is None
        if not self._begin(body, exists=not is_new):
            return False
        status = self._settle()
        if status not in _DEPLOYED:
            raise DeployError(f"stack {self._name} is {status}: {self._reasons()}")
        log.info("stack_deployed", stack_name=self._name, status=status)
        return is_new

    def _begin(self, body: str, *, exists: bool) -> bool:
        """Begin to create or update; return whether there is anything to do."""
        begin = self._client.update_stack if exists else self._client.create_stack
        try:
            begin(StackName=self._name, TemplateBody=body)
        except ClientError as error:
            if "No updates are to be performed" in message(error):
                return False
            raise DeployError(f"stack {self._name} was refused: {message(error)}") from error
        return True

    def _settle(self) -> str | None:
        """Wait until nothing is in progress; return the status, or None where there is no stack."""
        deadline = time.monotonic() + _TIMEOUT_S
        while True:
            status = self._status()
            if status is None or not status.endswith("_IN_PROGRESS"):
                return status
            if time.monotonic() >= deadline:
                raise DeployError(f"stack {self._name} is still {status} after {_TIMEOUT_S:g} s")
            time.sleep(self._interval_s)

    def _status(self) -> str | None:
        try:
            status = self._client.describe_stacks(StackName=self._name)["Stacks"][0]["StackStatus"]
        except ClientError as error:
            if "does not exist" in message(error):
                return None
            raise
        return None if status == "DELETE_COMPLETE" else status

    def _reasons(self) -> str:
        """Return why the latest operation failed, resource by resource, first cause first."""
        events = self._client.describe_stack_events(StackName=self._name)["StackEvents"]
        # Newest first; what lies before the operation's own beginning belongs to an earlier one.
        latest = list(takewhile(lambda event: not self._begins(event), events))
        reasons = [
            f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
            for event in reversed(latest)
            if event["ResourceStatus"].endswith("_FAILED")
            and event.get("ResourceStatusReason")
            and "cancelled" not in event["ResourceStatusReason"]
        ]
        # A template that is refused before anything is made has its reasons elsewhere, and only refers to them here.
        if any("DescribeEvents" in reason for reason in reasons):
            reasons = self._validation_errors() or reasons
        return "; ".join(reasons) or "CloudFormation gives no reason"

    def _validation_errors(self) -> list[str]:
        failed = self._client.describe_events(StackName=self._name, Filters={"FailedEvents": True})
        return [
            f"{event['LogicalResourceId']}: {event['ValidationStatusReason']}"
            for event in failed["OperationEvents"]
            if event["EventType"] == "VALIDATION_ERROR"
        ]

    def _begins(self, event: StackEventTypeDef) -> bool:
        starts = {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}
        return event["LogicalResourceId"] == self._name and event["ResourceStatus"] in starts
