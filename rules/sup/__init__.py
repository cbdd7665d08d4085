"""Suppression comments that do nothing, or name nothing."""
