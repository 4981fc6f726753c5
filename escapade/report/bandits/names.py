"""How the specs of policies are written in narrow columns."""

SHORT = 16  # a spec of at most so many letters is on one line of a table


def broken(spec: str) -> str:
    """A long spec on several lines: its name, itself broken after a hyphen if it is long, then one setting per line."""
    if len(spec) <= SHORT:
        return spec
    name, colon, settings = spec.partition(":")
    cut = name.rfind("-", 0, SHORT) + 1 if len(name) > SHORT else 0
    first = [name[:cut], name[cut:] + colon] if cut else [name + colon]
    return "\n  ".join([*first, *settings.split(",")] if settings else first)
