"""What exists on AWS: the template that says so, and its deployment."""
