"""Brings damaged files back from git history without losing what was honestly changed since the damage."""
