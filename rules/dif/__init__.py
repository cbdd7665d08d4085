"""Changes that weaken the tests."""
