"""Rules about complexity."""
