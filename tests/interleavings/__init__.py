"""All of the system in memory, every step of everybody chosen by Hypothesis."""
