"""The commands by which operators look at queues, jobs and workers, and stop them: on AWS itself, not the API."""
