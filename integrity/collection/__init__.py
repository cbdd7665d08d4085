"""Which tests a runner collects from a project, found without running anything.

- `options` are pytest's settings as far as they decide on collection, `files` tells which files it visits;
- `program` follows names and base classes through the modules, `tests` finds the tests of each module;
- `expressions` are those of `-k` and `-m`; `collect` puts it all together.
"""
