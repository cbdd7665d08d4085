"""Rules about the harness that runs the tests: code and configuration that make it tell less than the truth."""
