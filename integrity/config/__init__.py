"""What the user asked for, and what the project says to its own tools.

`files` finds the configuration, `options` knows the keys, `config` holds the values, `detect` fills in what pytest and
the build tool are told, `scaffold` writes a first configuration.
"""
