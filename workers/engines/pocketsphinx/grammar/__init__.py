"""Which of the things that were expected was said: phrases, or what a JSGF grammar describes."""
