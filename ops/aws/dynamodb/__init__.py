"""The stores on DynamoDB: one item per job, every move one conditional write; one per conversation and picture."""

from ops.aws.dynamodb.conversations import DynamoConversations
from ops.aws.dynamodb.images import DynamoImages
from ops.aws.dynamodb.operating import DynamoOperating
from ops.aws.dynamodb.store import DynamoJobStore

__all__ = ["DynamoConversations", "DynamoImages", "DynamoJobStore", "DynamoOperating"]
