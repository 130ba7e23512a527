"""The addresses that an operator may open to try the system out."""


def demo_pages(origin: str) -> dict[str, str]:
    """List the demo's pages, by what can be done there."""
    return {
        "Try it in a Messenger of your own": f"{origin}/demo/messenger",
        "A shop with the web chat": f"{origin}/demo",
    }
