"""Tests that cannot fail, are switched off, or never run."""
