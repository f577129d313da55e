import re
from urllib.parse import parse_qsl


def seen(answer):
    """Where the link leads, and its decoded parameters by name; an empty one is as good as none."""
    address, _, query = answer["url"].partition("?")
    scheme, _, rest = address.partition("://")
    pairs = parse_qsl(query.partition("#")[0], keep_blank_values=True)
    pairs = [(name, value) for name, value in pairs if value != ""]
    return [scheme, re.sub("/+", "/", rest), sorted(pairs, key=lambda pair: pair[0])]
