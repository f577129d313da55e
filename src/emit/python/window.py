import hashlib


def seen(answer):
    """What is not sent as it was given, and whether the hash is of what is sent, in its order. An
    empty value is as good as none."""
    given = [(name, value.strip()) for name, value in MESSAGE["parameters"] if value != ""]
    sent = [(name, value) for name, value in answer["parameters"] if name != "hash"]
    text = "".join(value for _, value in sent) + MESSAGE["md5key"]
    digest = hashlib.md5(text.encode()).hexdigest()
    hashes = [value for name, value in answer["parameters"] if name == "hash"]
    spelling = {digest: "as sent", digest.upper(): "as sent, in upper case"}
    sent = [(name, value.strip()) for name, value in sent if value != ""]
    names = [name for name, _ in MESSAGE["parameters"]] + ["md5key"]
    added = [pair for pair in sent if pair[0] not in names or pair[0] == "cms" and pair not in given]
    if "cms" in dict(added):
        given = [pair for pair in given if pair[0] != "cms"]
    kept = [pair for pair in sent if pair not in added]
    return {
        "hash": [spelling.get(value, value) for value in hashes],
        "missing": sorted(pair for pair in given if pair not in kept),
        "besides": sorted(pair for pair in kept if pair not in given),
        "added": added != [],
    }
