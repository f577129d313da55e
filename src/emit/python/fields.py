def is_same(reply, other):
    """Only what stands in the other answer counts."""
    if "answer" not in reply or "answer" not in other:
        return "rejected" in reply and "rejected" in other
    answer = reply["answer"]
    return all(name in answer and answer[name] == value for name, value in other["answer"].items())
