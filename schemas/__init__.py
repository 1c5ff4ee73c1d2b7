"""What the parts of Sayline say to each other: pure contracts, standard library and pydantic only."""
