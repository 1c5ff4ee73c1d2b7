"""Which AWS operation an HTTP request is, in every protocol that the pipeline's clients speak."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Mapping

#: `X-Amz-Target` begins with a service's version of itself.
_TARGETS = {"AmazonSQS": "SQS", "DynamoDB_20120810": "DynamoDB"}
_SCOPE_SERVICE = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/([^/]+)/aws4_request")
_SERVICES = {"cloudformation": "CloudFormation", "sqs": "SQS", "dynamodb": "DynamoDB", "s3": "S3"}
#: S3 names its operations after the method; on a bucket some have names of their own.
_S3_VERBS = {"GET": "Get", "PUT": "Put", "HEAD": "Head", "DELETE": "Delete", "POST": "Post"}
_S3_BUCKET = {
    "GET": "ListObjects",
    "PUT": "CreateBucket",
    "HEAD": "HeadBucket",
    "DELETE": "DeleteBucket",
    "POST": "PostObject",
}
#: Parameters of a query that name no part of a bucket or object.
_S3_OPTIONS = re.compile(r"^(x-amz-.*|x-id|list-type|prefix|delimiter|max-keys|continuation-token|start-after|"
                         r"encoding-type|fetch-owner|response-.*|partNumber|versionId|AWSAccessKeyId|Signature|Expires)$",
                         re.IGNORECASE)  # fmt: skip

#: Content type of the query protocol.
FORM = "application/x-www-form-urlencoded"

_READS = ("Get", "List", "Head", "Describe", "Query", "Scan", "BatchGet", "Validate")
#: A receive that is forgotten is a message delivered again, which at-least-once allows: no reason for a snapshot.
_HARMLESS = frozenset({"SQS.ReceiveMessage"})


def name(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> str | None:
    """Return the operation, for example `SQS.SendMessage` or `S3.PutObject`; None for what is no AWS request.

    Args:
        method: HTTP method.
        path: path without the query.
        query: raw query string.
        headers: by lower-case name.
        body: the body, where it is a form; not read otherwise.
    """
    if path.startswith("/_"):
        return None
    target = headers.get("x-amz-target")
    if target:
        prefix, _, operation = target.rpartition(".")
        return f"{_TARGETS.get(prefix, prefix)}.{operation}"
    service = _service(headers)
    if headers.get("content-type", "").startswith(FORM) and service != "S3":
        action = parse_qs(body.decode("utf-8", "replace")).get("Action", ["Unknown"])[0]
        return f"{service}.{action}"
    return f"S3.{_s3(method, path, query, headers)}"


def mutates(operation: str) -> bool:
    """Whether the operation may change what a snapshot holds."""
    service, _, verb = operation.partition(".")
    # A stack goes on changing after the request that began it, and while it is asked for.
    return service == "CloudFormation" or (operation not in _HARMLESS and not verb.startswith(_READS))


def _service(headers: Mapping[str, str]) -> str:
    found = _SCOPE_SERVICE.search(headers.get("authorization", ""))
    return _SERVICES.get(found[1], found[1]) if found else "S3"


def _s3(method: str, path: str, query: str, headers: Mapping[str, str]) -> str:
    bucket, _, key = path.strip("/").partition("/")
    if not bucket:
        return "ListBuckets"
    parameters = parse_qs(query, keep_blank_values=True)
    verb = _S3_VERBS.get(method, method)
    multipart = _s3_multipart(method, parameters)
    if multipart:
        return multipart
    parts = [part for part in parameters if not _S3_OPTIONS.match(part)]
    if key:
        copies = "x-amz-copy-source" in headers
        return "CopyObject" if copies else f"{verb}Object{_camel(parts)}"
    if parts:
        return "DeleteObjects" if parts == ["delete"] else f"{verb}Bucket{_camel(parts)}"
    return "ListObjectsV2" if "list-type" in parameters else _S3_BUCKET.get(method, f"{verb}Bucket")


def _s3_multipart(method: str, parameters: Mapping[str, list[str]]) -> str | None:
    if "uploads" in parameters:
        return "CreateMultipartUpload" if method == "POST" else "ListMultipartUploads"
    if "uploadId" not in parameters:
        return None
    return {"PUT": "UploadPart", "POST": "CompleteMultipartUpload", "DELETE": "AbortMultipartUpload"}.get(
        method, "ListParts"
    )


def _camel(parts: list[str]) -> str:
    return "".join(part[:1].upper() + part[1:] for part in parts)
