"""Pictures by image models: their prompt, what can be set of each, and reading what a vendor has answered."""
