"""What the logistic models see of an alignment: features of words, of gaps, and of the whole reading."""
