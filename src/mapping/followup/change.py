"""Change of every measure over the departments seen in both years, with its exact test."""
