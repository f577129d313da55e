import json
import urllib.request


def ask(message):
    """Greets the adapter, and puts the request to it."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def put(request):
        headers = {"content-type": "application/json"}
        post = urllib.request.Request(ADDRESS, json.dumps(request).encode(), headers)
        with opener.open(post, timeout=15) as response:
            return json.load(response)

    hello = put({"id": 0, "op": "hello", "protocol": 1})["answer"]
    #clock#
    return put({"id": 1, "op": OPERATION, **message})
