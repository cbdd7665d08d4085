"""The inventory of tests that a team commits, so that every test that is lost is a line in a review."""
