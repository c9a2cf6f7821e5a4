"""The report as an object and as files."""
