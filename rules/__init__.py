"""The rules that come with `integrity`: one package a family, one module a rule."""
