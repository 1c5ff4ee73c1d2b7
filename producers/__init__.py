"""Who asks: the HTTP API that validates, records and enqueues."""
