"""The command line, for those who ask for jobs and those who operate the pipeline."""
