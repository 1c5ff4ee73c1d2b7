"""What is done: the Celery app, the runner, the handlers of the kinds and their engines."""
