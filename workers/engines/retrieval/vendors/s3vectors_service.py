"""Amazon S3 Vectors: what can be set of it, and what its errors mean.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_S3_Vectors.html
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workers.engines.aws import AwsOptions, Service
from workers.engines.retrieval.vendors.options import EmbeddingsOptions, MiniLMOptions

NAME = "s3vectors"

SERVICE = Service(
    engine=NAME,
    title="Amazon S3 Vectors",
    refusals={
        "NotFoundException": ("store_not_found", "Amazon S3 Vectors has not the bucket of the settings in its region."),
        "ServiceQuotaExceededException": ("insufficient_quota", "A quota of Amazon S3 Vectors is used up."),
    },
    failures=frozenset({"RequestTimeoutException"}),
)


class S3VectorsOptions(AwsOptions):
    """Options of Amazon S3 Vectors.

    The worker needs s3vectors:PutVectors, DeleteVectors, QueryVectors and GetVectors (queries that are filtered want
    both), and s3vectors:CreateIndex where the index is not there yet; s3vectors:GetIndex has it see at its start
    whether the index fits.
    """

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")]
    """A vector bucket, which has to be there."""
    index: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")] = "sayline"
    """An index in it; made where it is not there. Other embeddings of another number of dimensions need another one."""
    embeddings: EmbeddingsOptions = MiniLMOptions()
    """What makes the vectors."""
    timeout_s: Annotated[float, Field(gt=0)] = 10.0
    """How long one request may take."""
