import json
import re
from urllib.parse import parse_qsl


def said(name, value):
    """What a part comes to, however it is spelt. Of what the shop chooses only the form counts."""
    if name == "url":
        return [re.sub("/$", "", part) if isinstance(part, str) else part for part in place(value)]
    if name == "authorization" and value is not None:
        scheme, _, credentials = value.partition(" ")
        return [scheme.lower(), credentials.strip()]
    if name == "order_id" and (isinstance(value, str) or type(value) is int):
        return told_order(str(value))
    if name == "description" and isinstance(value, str) and value.strip() != "":
        return "a text"
    if name == "variables" and (value is None or isinstance(value, dict)):
        return MESSAGE["account"] in json.dumps(value)
    return value


def told_order(order_id):
    """Which id it is, the shop chooses, but it should not be the account's alone."""
    if not re.fullmatch(r"[A-Za-z0-9 ._-]{4,20}", order_id):
        return "an order id that QuickPay refuses"
    rest = re.sub("^[A-Za-z]+[_. -]", "", order_id)
    accounts = [MESSAGE["account"], MESSAGE["account"].replace("-", "")]
    parts = [part for part in [order_id, rest] if len(part) >= 8]
    return any(account.startswith(part) for account in accounts for part in parts)


def fields_of(body, headers):
    """The fields of a JSON object or of a form, as Content-Type says."""
    media = headers.get("content-type", "").split(";")[0].strip().lower()
    try:
        if media == "application/json":
            fields = json.loads(body)
            return fields if isinstance(fields, dict) else None
    except ValueError:
        return None
    if media != "application/x-www-form-urlencoded" or body.lstrip().startswith(("{", '"')):
        return None
    fields = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        outer, bracket, inner = name.partition("[")
        if bracket:
            fields.setdefault(outer, {})[inner] = value
        else:
            fields[name] = value
    return fields


def strays(request, headers):
    return False
