"""Rules about a single source of truth."""
