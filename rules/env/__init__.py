"""Direct access to the process environment."""
