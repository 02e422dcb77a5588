"""Figures beside their limits, measured in the same run: ratios travel between machines, seconds do not."""
