"""A grammar checker for learners' English: rules and a language model of ours, and Harper where it is installed."""
