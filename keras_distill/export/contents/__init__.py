"""What a .tflite file holds, from its own bytes; nothing here knows a Keras model."""
