"""Celery on SQS as Sayline uses it: a subclass of kombu's transport and of Celery's request.

Pinned to kombu 5.7.0 and celery 5.7.0, whose internals it overrides; `tests/unit/test_sqs_transport.py` fails when
they change.
"""
