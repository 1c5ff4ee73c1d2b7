"""What is done with the storm's kinds of job."""
