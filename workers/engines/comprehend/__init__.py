"""Amazon Comprehend: sentiment, entities, key phrases and language of a text.

https://docs.aws.amazon.com/comprehend/latest/APIReference/welcome.html
"""
