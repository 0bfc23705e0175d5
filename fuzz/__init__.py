"""Damaged and hostile raw files by the thousand, put through the door that a year is read by."""
