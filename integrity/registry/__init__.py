"""The rules: `loader` finds and selects them, `declaration` holds each to its form, `documentation` renders them."""
