"""Finding villages and communes by what people type."""
