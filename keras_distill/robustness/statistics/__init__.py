"""The numbers: scores, intervals, tests; nothing here knows a model or a page."""
