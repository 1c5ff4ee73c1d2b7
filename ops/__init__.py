"""Where it runs: settings, logging, AWS, the SQS transport, infrastructure, the local stack and the CLI."""
