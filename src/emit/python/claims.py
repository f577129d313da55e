import base64
import hashlib
import hmac
import json
import re

PAYER = ["email", "firstName", "lastName", "contactNumber"]
OTHERS = ["terminalID", "amount", "orderID", "bankID", "sortCode", "accountNumber"]


def claims_of(token, now):
    """What Fena reads in a token: how it is signed, and each claim with its type."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}", token):
        return "no token in base64url"
    signed, _, signature = token.rpartition(".")
    digest = hmac.new(MESSAGE["secret"].encode(), signed.encode(), hashlib.sha512).digest()
    is_signed = base64.urlsafe_b64encode(digest).decode().rstrip("=") == signature
    try:
        header, claims = [json.loads(base64.urlsafe_b64decode(part + "===")) for part in signed.split(".")]
        algorithm = header["alg"]
        times = {name: moment(name, claims[name], now) for name in ["iat", "exp"] if name in claims}
        others = {name: repr(claims[name]) for name in OTHERS if name in claims}
        payer = {name: payers(name, claims[name]) for name in PAYER if name in claims}
    except (ValueError, TypeError, KeyError) as error:
        return f"no token: {error}"
    return [algorithm, is_signed, times, others, payer]


def moment(name, time, now):
    """A shop chooses its times itself, so only what they come to counts."""
    if isinstance(time, bool) or not isinstance(time, (int, float)):
        return repr(time)
    unit = "milliseconds" if time > 1e11 else "seconds"
    ahead = (time / 1000 if time > 1e11 else time) - now
    if name == "exp" and 0 < ahead <= 300:
        return f"{unit}, later"
    if ahead < -300:
        return f"{unit}, long past"
    if ahead <= 300:
        return f"{unit}, now"
    return f"{unit}, later" if ahead <= 86400 else f"{unit}, days ahead"


def payers(name, text):
    """What is told of the payer is what the shop knows, the beginning of a long text, or nothing."""
    whole = dict(MESSAGE["parameters"]).get(name, "")
    if isinstance(text, str) and len(text) <= 255:
        is_cut = name != "email" and len(whole.encode()) > 255 and whole.startswith(text) and len(text) >= 63
        if text in ("", whole) or is_cut:
            return "left to the shop"
    return repr(text)
