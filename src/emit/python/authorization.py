def seen(answer):
    """The case of the scheme does not matter, nor do blanks around the parts."""
    scheme, _, credentials = answer["authorization"].strip(" \t").partition(" ")
    return [scheme.lower(), credentials.lstrip(" "), answer["accept_version"].strip(" \t")]
