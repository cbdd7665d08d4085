"""One file's text described as plain data: the only thing rules ever see, and the only thing the cache stores.

- `extract` puts all facts together in one parse and one walk; `model` defines them.
- `lexical` splits text into code, strings and comments; `syntax` parses it, or says why it cannot be parsed, with
  `limits` (what exhausts a parser), `refusal` (what the compiler refuses) and `newer` and `rewriting` (newer Pythons).
- `definitions` and `imports` walk the statements; `recovery`, with `quotes` and `logical`, reads text that does not
  parse; `collection` tells which tests a runner would find.
- `comments` finds commented-out code, with `codelines` (is it code?) and `markers` (did a tool leave it?).
- `residue` finds other marks of damage, with `calls`, `chat`, `conflicts`, `elision`, `encoding`, `places`, `suspects`.
- `environ` follows the process environment, with `environ_copies`, `environ_flow`, `environ_forms`, `names`, `scopes`.
- `symbols` says what a module offers and asks for; `symbols_of` puts it together from `blocks` (scopes), `guards`,
  `offers` and `uses`, with `spans`.
- `suppressions` reads suppression comments.
"""
