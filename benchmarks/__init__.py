"""Side-by-side timings: a ratio per line, never a pass or a fail."""
