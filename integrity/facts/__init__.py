"""One file's text described as plain data: the only thing rules ever see, and the only thing the cache stores.

`model` defines the facts, `lexical` splits text into code, strings and comments, `syntax` parses it (or says why it
cannot be parsed), `definitions`, `imports`, `environ`, `comments` and `residue` each fill one part, `recovery` fills
them for text that CPython refuses, and `extract` puts them together in one parse and one walk.
"""
