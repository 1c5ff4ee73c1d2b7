"""The facts of a bucket; MiniStack's CloudFormation drops its lifecycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.aws.errors import code
from ops.infra.facts.fact import Fact
from ops.infra.facts.wording import duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3 import S3Client

    from ops.infra.template import JsonObject

_DAY_S = 86_400
#: How S3 says that a bucket has no configuration of the sort that was asked for.
_NO_CONFIGURATION = frozenset(
    {
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)


def bucket_facts(properties: JsonObject, s3: S3Client) -> Iterator[Fact]:
    """Yield the facts of a bucket."""
    name = properties["BucketName"]
    rules: list[Any] = [_lifecycle_rule(rule) for rule in properties["LifecycleConfiguration"]["Rules"]]
    yield Fact(
        name=f"lifecycle of bucket {name}",
        resource=f"bucket {name}",
        wanted=_by_id(rules),
        read=_or_none(lambda: _by_id(s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"])),
        write=lambda: s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules}),
    )
    block = properties["PublicAccessBlockConfiguration"]
    yield Fact(
        name=f"public access block of bucket {name}",
        resource=f"bucket {name}",
        wanted=block,
        read=_or_none(lambda: s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]),
        write=lambda: s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block),
    )
    yield from _bucket_defaults(name, properties, s3)


def _bucket_defaults(name: str, properties: JsonObject, s3: S3Client) -> Iterator[Fact]:
    [encryption] = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    default: Any = encryption["ServerSideEncryptionByDefault"]

    def read_encryption() -> object:
        rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
        return rules[0].get("ApplyServerSideEncryptionByDefault")

    yield Fact(
        name=f"encryption of bucket {name}",
        resource=f"bucket {name}",
        wanted=default,
        read=_or_none(read_encryption),
        write=lambda: s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
        ),
    )
    ownership = properties["OwnershipControls"]
    yield Fact(
        name=f"ownership of bucket {name}",
        resource=f"bucket {name}",
        wanted=ownership,
        read=_or_none(lambda: s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]),
        write=lambda: s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=ownership),
    )


def _lifecycle_rule(rule: JsonObject) -> JsonObject:
    """Translate a rule of CloudFormation into one of S3's API."""
    renamed = {"ID": rule["Id"], "Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "ExpirationInDays" in rule:
        renamed["Expiration"] = {"Days": rule["ExpirationInDays"]}
    if "AbortIncompleteMultipartUpload" in rule:
        renamed["AbortIncompleteMultipartUpload"] = rule["AbortIncompleteMultipartUpload"]
    return renamed


def _by_id(rules: Any) -> dict[str, str]:  # noqa: ANN401 - API's shape, or the one above
    """Return what matters of each rule, in words."""
    return {f"rule {rule['ID']}": _said(rule) for rule in rules}


def _said(rule: Any) -> str:  # noqa: ANN401 - as above
    # AWS gives a prefix as it was written, in one of two places.
    prefix = rule.get("Filter", {}).get("Prefix") or rule.get("Prefix") or ""
    said = [f"for {prefix}" if prefix else "for all"]
    if days := rule.get("Expiration", {}).get("Days"):
        said.append(f"expires after {duration(days * _DAY_S)}")
    if days := rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation"):
        said.append(f"ends uploads after {duration(days * _DAY_S)}")
    if rule["Status"] != "Enabled":
        said.append("switched off")
    return ", ".join(said)


def _or_none(read: Callable[[], object]) -> Callable[[], object]:
    def read_or_none() -> object:
        try:
            return read()
        except ClientError as error:
            if code(error) in _NO_CONFIGURATION:
                return None
            raise

    return read_or_none
