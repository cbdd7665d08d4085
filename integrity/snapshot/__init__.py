"""What is to be checked, as (path, blob id): a work tree, the index, a revision or a plain folder.

`listing` lists what is there, `selection` keeps what was asked for, `snapshot` puts it together, `readers` reads it.
"""
