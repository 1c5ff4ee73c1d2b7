"""Dead letters in an operator's hands: found, run again, given up, taken out and brought back."""
