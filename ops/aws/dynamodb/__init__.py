"""The job store on DynamoDB: one item per job, every move one conditional write."""

from ops.aws.dynamodb.store import DynamoJobStore

__all__ = ["DynamoJobStore"]
