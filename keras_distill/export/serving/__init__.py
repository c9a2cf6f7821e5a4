"""A Keras model as named signatures: what goes in, what comes out, in which form."""
