"""What is found: the results of a study as tables and records, read from its store."""
