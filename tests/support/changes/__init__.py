"""Tamperings and honest refactors: small changes of one small project, each with the verdict it deserves."""
