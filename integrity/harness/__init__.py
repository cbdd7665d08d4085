"""The configuration of the harness that runs the tests: pytest, coverage, tox, make, shell scripts and CI.

`kinds` says which files belong to it, `extract` turns one into `model.HarnessFacts`, `subject` is what rules get.
"""
