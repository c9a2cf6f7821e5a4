"""Channels that go for good."""
