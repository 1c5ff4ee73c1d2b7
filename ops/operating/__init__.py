"""What operators ask and order, beneath the command line: queues as they go, jobs that are stuck, drains."""
