"""Old versions of files: where they lie, and in what condition they are, judged by the rules that `scan` uses."""
