"""Every year side by side: all participants, and the same departments throughout."""
