from urllib.parse import urlsplit

NAMES = ["MerchantNumber", "Amount", "Currency", "OrderID", "AcceptURL", "DeclineURL"]


def seen(answer):
    """What reaches the payment page. The case of names and other fields do not matter, but the
    password must be in none of them."""
    fields = {}
    for name, value in answer["fields"]:
        fields.setdefault(name.lower(), []).append(value)
    told = {name: ",".join(fields[name.lower()]) for name in NAMES if name.lower() in fields}
    if MESSAGE["makes"] == "subscription" and "Amount" in told:
        told["Amount"] = "any"
    told["Param"] = {",".join(fields.get(name, [])) for name in ["param", "auxparam"]} - {""}
    told["Subscription"] = "subscription" in fields
    known = {name.lower() for name in [*NAMES, "Param", "AuxParam", "Subscription"]}
    password = MESSAGE["password"]
    others = [",".join(values) for name, values in fields.items() if name not in known]
    told["password"] = password != "" and any(password in text for text in [answer["action"], *others])
    action = urlsplit(answer["action"])
    return [answer["method"].strip().upper(), action._replace(path=action.path or "/").geturl(), told]
