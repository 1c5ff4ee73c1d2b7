"""PCM in memory: encoding it for delivery, and knowing where it is silent."""
