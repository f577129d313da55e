def fits(reply, answers):
    """Whether the reply is one of these answers."""
    return any(is_same(reply, answer) for answer in answers)
