"""`demo --seeds N`: control against distilled student, over seeds, under one fixed teacher."""
