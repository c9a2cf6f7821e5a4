"""What is looked at beside corruptions: attacks, other data, movement, examples."""
