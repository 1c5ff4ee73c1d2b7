"""The object store on S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ops.aws.errors import code, translated
from schemas.errors import MissingObjectError, UnavailableError
from schemas.ports import UploadForm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

SERVICE = "S3"
#: DeleteObjects takes this many keys.
_DELETE_BATCH = 1000
#: A HEAD request's answer has no body to name `NoSuchKey` in. Without `s3:ListBucket` AWS says 403 instead:
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
_NOT_FOUND = "404"


class S3ObjectStore:
    """Objects of one bucket."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, data: bytes | BinaryIO, *, mime: str) -> None:
        """Write an object, a file from where it stands to its end; the same key is overwritten."""
        with translated(SERVICE):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=mime)

    def get(self, key: str) -> bytes:
        """Read an object, or raise `MissingObjectError`."""
        with translated(SERVICE):
            try:
                return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except ClientError as error:
                if code(error) == "NoSuchKey":
                    raise MissingObjectError(key) from error
                raise

    def size(self, key: str) -> int:
        """Return how many bytes an object has, or raise `MissingObjectError`."""
        with translated(SERVICE):
            try:
                return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
            except ClientError as error:
                if code(error) == _NOT_FOUND:
                    raise MissingObjectError(key) from error
                raise

    def copy(self, source: str, target: str) -> None:
        """Copy an object within S3, or raise `MissingObjectError`."""
        with translated(SERVICE):
            try:
                self._client.copy_object(
                    Bucket=self._bucket, Key=target, CopySource={"Bucket": self._bucket, "Key": source}
                )
            except ClientError as error:
                if code(error) == "NoSuchKey":
                    raise MissingObjectError(source) from error
                raise

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; a key without one is no error."""
        for start in range(0, len(keys), _DELETE_BATCH):
            objects: list[ObjectIdentifierTypeDef] = [{"Key": key} for key in keys[start : start + _DELETE_BATCH]]
            with translated(SERVICE):
                answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True})
            if errors := answer.get("Errors"):
                raise UnavailableError(SERVICE, errors[0].get("Code", "Unknown"))

    def keys(self, prefix: str) -> Iterator[str]:
        """Iterate over the keys with this prefix."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        with translated(SERVICE):
            for page in pages:
                yield from (entry["Key"] for entry in page.get("Contents", []))

    def upload_form(self, key: str, *, mime: str, size: int, expires_s: int) -> UploadForm:
        """Return a presigned form whose policy S3 itself enforces: key, type and size, and when it expires.

        https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
        """
        form = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": mime},
            Conditions=[{"Content-Type": mime}, ["content-length-range", size, size]],
            ExpiresIn=expires_s,
        )
        return UploadForm(form["url"], form["fields"])

    def uri(self, key: str) -> str:
        """Return where the object lies, as `s3://bucket/key`."""
        return f"s3://{self._bucket}/{key}"

    def url(self, key: str, *, expires_s: int, filename: str, mime: str) -> str:
        """Return a presigned URL by which anyone may read the object for a while."""
        params = {
            "Bucket": self._bucket,
            "Key": key,
            "ResponseContentDisposition": f'inline; filename="{filename}"',
            "ResponseContentType": mime,
        }
        return self._client.generate_presigned_url("get_object", Params=params, ExpiresIn=expires_s)
