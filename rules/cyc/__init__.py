"""Import cycles: those that crash, those that are swallowed, and functions that import themselves."""
