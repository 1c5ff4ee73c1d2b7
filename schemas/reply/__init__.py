"""The kind `reply`: its tasks, and the answer that each has."""
