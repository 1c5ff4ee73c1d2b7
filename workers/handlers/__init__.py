"""One module per kind of job: what is done with a request, in terms of ports and engines."""
