"""The chat coach: what a message does, how its writer is spoken to, and what may be answered."""
