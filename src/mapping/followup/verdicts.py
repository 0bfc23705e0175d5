"""Findings whose verdict differs between two years, and at which step it does."""
