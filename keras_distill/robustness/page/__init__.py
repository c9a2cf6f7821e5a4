"""The report in words and as a page."""
