"""Image models of Amazon Bedrock: Stability's, which are the ones that live; Amazon's own have reached their end.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
"""
