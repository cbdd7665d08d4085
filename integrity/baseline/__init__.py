"""Findings that are known and tolerated: a committed list, or those of an older version of the repository."""
