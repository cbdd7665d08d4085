"""Imports, attributes, calls and names in strings that lead nowhere."""
