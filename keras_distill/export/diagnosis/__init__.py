"""Where a quantized file loses what the float model knew, and what to do about it."""
