"""Celery on SQS without losing, doubling or hiding work: kombu's SQS transport and Celery's request, subclassed.

    receiver (a thread per queue) --take--> custody --give, start--> pool
                                              |  ^                     |
              keeper (one thread) <--drain----+  +------- end ---------+
                 lease, visibility, delete, hide, dead-letter

Whatever is received is in the custody at once, and leaves it once. Everything that is said to SQS about a message in
hand is said by the keeper, in batches, whichever pool runs the jobs.

Pinned to kombu 5.7.0 and celery 5.7.0, whose internals it overrides; `tests/unit/test_sqs_internals.py` fails when
they change. docs/architecture/03-delivery.md has the timelines.
"""
