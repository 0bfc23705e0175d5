"""The mapping of alumni relations made computable."""
