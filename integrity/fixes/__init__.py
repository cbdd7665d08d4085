"""Small repairs of what a scan finds, each of one span of text; the rest of a file stays as it is, byte for byte.

- `editing` holds a file's text with its encoding, byte order mark and line ends, and replaces spans in it.
- `kinds` knows the repairs, and edits the syntax with libcst.
- `plan` works out what a set of findings changes, and `perform` writes it.
"""
