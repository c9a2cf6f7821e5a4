"""From models and data to records of every answer."""
