"""Chat models of Amazon Bedrock, by its Converse interface, which is the same for all of them.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""
