"""Who damaged what, when, and what became of it: the story of the damage in a history; pure but for reading git."""
