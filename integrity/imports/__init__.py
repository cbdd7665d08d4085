"""The import graph of a repository: where names lead, and what CPython does when a module is imported. Pure."""
