import re
from urllib.parse import parse_qsl


def seen(answer, now):
    """Where the link leads, and what Fena reads in the first token."""
    address, _, query = answer["url"].partition("#")[0].partition("?")
    tokens = [value for name, value in parse_qsl(query, keep_blank_values=True) if name == "token"]
    return [re.sub("/$", "", address), claims_of(tokens[0] if tokens else "", now)]
