"""Terminal pictures of real runs, for the docs; and the terminal that they are taken of."""
