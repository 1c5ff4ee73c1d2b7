"""The ports' real ends: DynamoDB, S3 and SQS."""
