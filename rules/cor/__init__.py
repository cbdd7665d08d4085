"""Corruption of a file: damage that leaves text behind which is no longer a test."""
