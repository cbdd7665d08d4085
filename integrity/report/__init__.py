"""A verdict as text, one module a form; every reporter is a pure function from a verdict to a string.

`text` is for people at a terminal (`closing` is its last screen), `concise` for editors and grep, `contract` is the
JSON that scripts rely on, `github` writes annotations and `step_summary` the page beside them, `statistics` counts by
rule, `census` counts the tests, `inventory` lists the environment variables. `outputs` chooses among them by name and
writes the result; `counts` and `phrases` hold what several of them say, `layout` wraps and colours, `printable` makes
foreign text harmless.
"""
