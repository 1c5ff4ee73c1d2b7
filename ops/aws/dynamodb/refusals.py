"""What DynamoDB refuses as a condition does not hold: that alone is an answer, any other error is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.aws.errors import code

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

SERVICE = "DynamoDB"


def is_refusal(error: ClientError) -> bool:
    """Whether a single write failed for its condition."""
    return code(error) == "ConditionalCheckFailedException"


def item_before(error: ClientError) -> Any:  # noqa: ANN401 - boto's union of attributes
    """Return the item that a failed condition came with, None where there was none; raise any other error again."""
    if not is_refusal(error):
        raise error
    return error.response.get("Item") or None
