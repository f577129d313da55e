def is_same(reply, other):
    """An answer may be spelt in several ways: what counts is what it comes to."""
    if "answer" not in reply or "answer" not in other:
        return "rejected" in reply and "rejected" in other
    return seen(reply["answer"]) == seen(other["answer"])
