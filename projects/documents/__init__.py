"""Papers of a file: asked for, received, read by what their bytes say, taken away."""
