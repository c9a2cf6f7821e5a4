"""From a SavedModel to a file, in a child process: the converter leaks memory and can crash."""
