from urllib.parse import urlsplit


def fits(reply, wanted):
    """Whether the request is one of those that are meant: each part has its own list."""
    if "answer" not in reply:
        return "rejected" in reply and wanted["rejected"]
    request = reply["answer"]
    headers = {}
    for name, value in request["headers"]:
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    fields = fields_of(request["body"], headers)
    if fields is None or strays(request, headers):
        return False
    parts = [
        ("method", request["method"].upper(), wanted["method"]),
        ("url", request["url"], wanted["url"]),
        *((name, headers.get(name), values) for name, values in wanted["headers"].items()),
        *((name, fields.get(name), values) for name, values in wanted["fields"].items()),
    ]
    return all(said(name, got) in [said(name, value) for value in values] for name, got, values in parts)


def place(url):
    """Where a URL leads, without its query."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return [parts.scheme, parts.hostname, port, parts.path or "/"]
