"""Pictures: strangers' files are read in a process of their own, and written anew in three sizes without metadata."""
