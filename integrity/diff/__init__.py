"""Compares two snapshots: reads what changed, and judges what the change does to the tests."""
