"""Speed and memory on a real repository, beside named peers in one run. Ratios travel; seconds do not."""
