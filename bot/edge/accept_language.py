"""The languages that a browser asks for."""

_MOST_WISHES = 10


def accepted(header: str) -> list[str]:
    """List the languages of an Accept-Language header, the preferred one first."""
    wishes = [_weighed(part) for part in header.split(",")[:_MOST_WISHES]]
    ordered = sorted(wishes, key=lambda wish: wish[0], reverse=True)
    return [tag for weight, tag in ordered if weight > 0]


def _weighed(part: str) -> tuple[float, str]:
    tag, _, parameter = part.strip().partition(";")
    name, _, value = parameter.strip().partition("=")
    try:
        weight = float(value) if name == "q" else 1.0
    except ValueError:
        weight = 0.0
    return weight, tag.strip()
