import hashlib


def fits(reply, answers):
    """Whether each part of what is sent is as in one of these answers."""
    if "answer" not in reply:
        return False
    sent, others = seen(reply["answer"]), [seen(other["answer"]) for other in answers]
    return all(any(sent[part] == other[part] for other in others) for part in sent)


def seen(answer):
    """What is sent under each name that was given, what is added, and whether the hash is of all that
    is sent, in its order. An empty value is as good as none."""
    given = [(name, value.strip()) for name, value in MESSAGE["parameters"] if value != ""]
    sent = [(name, value) for name, value in answer["parameters"] if name != "hash"]
    text = "".join(value for _, value in sent) + MESSAGE["md5key"]
    digest = hashlib.md5(text.encode()).hexdigest()
    spelling = {digest: "as sent", digest.upper(): "as sent, in upper case"}
    sent = [(name, value.strip()) for name, value in sent if value != ""]
    names = [name for name, _ in MESSAGE["parameters"]] + ["md5key"]
    # The shop's own version is its own affair.
    added = [pair for pair in sent if pair[0] not in names or pair[0] == "cms" and pair not in given]
    kept = given if "cms" in dict(added) else sent
    parts = {name: sorted(value for known, value in sent if known == name) for name in names}
    parts["cms"] = [value for name, value in kept if name == "cms"]
    parts["added"] = added != []
    parts["hash"] = [spelling.get(value, value) for name, value in answer["parameters"] if name == "hash"]
    return parts
