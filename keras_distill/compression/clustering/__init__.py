"""Kernels whose weights share a few values."""
