"""The yardstick: what was measured otherwise in one year than in the other."""
