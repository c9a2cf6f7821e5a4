"""Fake quantization to 8 and 16 bits while a model trains."""
