"""The clock, in the place of Celery beat: queues jobs that are due, and sees to those that nobody else has."""

#: What a clock holds a lease on.
DUTY = "clock"
