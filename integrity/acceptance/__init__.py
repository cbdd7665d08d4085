"""Changes that are accepted with a reason, and changes by which the check itself would find less."""
