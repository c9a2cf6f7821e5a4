"""Weights of small magnitude set to zero while a model trains."""
