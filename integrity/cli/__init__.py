"""The command line: options in, one call, a report out, an exit code. Nothing is decided here."""
