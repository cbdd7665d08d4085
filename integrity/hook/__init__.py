"""Judges one edit at the moment it is made, for coding agents and editors."""
