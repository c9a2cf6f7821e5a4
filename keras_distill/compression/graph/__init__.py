"""What the techniques share: a model's layers by path, and the model built again."""
