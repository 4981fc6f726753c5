"""Spec strings in tables."""

SHORT = 16  # a spec of so many letters stays on one line


def broken(spec: str) -> str:
    """A long spec on several lines: its name, then one setting per line."""
    name, colon, settings = spec.partition(":")
    return spec if len(spec) <= SHORT else "\n  ".join([name + colon, *settings.split(",")])
