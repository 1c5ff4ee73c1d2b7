"""Claude by Anthropic's own interface: https://platform.claude.com/docs/en/api/messages."""
