import json
from urllib.parse import unquote_plus, urlsplit


def said(name, value):
    """What a part comes to, however it is spelt."""
    if name == "url":
        return place(value)
    if name == "authorization" and value is not None:
        scheme, *rest = value.split() or [""]
        return [scheme.lower(), " ".join(rest)]
    if name == "content-type" and value is not None:
        return value.split(";")[0].strip().lower()
    if name == "email" and isinstance(value, str):
        return value.lower()
    return value


def fields_of(body, headers):
    try:
        fields = json.loads(body)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def strays(request, headers):
    """Whether the API token stands where it does not belong."""
    others = [value for name, value in headers.items() if name != "authorization"]
    query = unquote_plus(urlsplit(request["url"]).query)
    return any(MESSAGE["token"] in text for text in [*others, query, request["body"]])
