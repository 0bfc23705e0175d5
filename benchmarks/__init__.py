"""How fast the program is, beside what its user would pick instead."""
