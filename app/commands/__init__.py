"""What operators do with a database or a running service, beside running it."""
