import json
import subprocess
import threading


def ask(message):
    """Starts the adapter, greets it, and puts the request to it."""
    adapter = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    patience = threading.Timer(15, adapter.kill)
    patience.start()

    def put(request):
        adapter.stdin.write(json.dumps(request).encode() + b"\n")
        adapter.stdin.flush()
        line = adapter.stdout.readline()
        if not line:
            raise RuntimeError("the adapter ended, or did not answer within 15 seconds")
        return json.loads(line)

    try:
        hello = put({"id": 0, "op": "hello", "protocol": 1})["answer"]
        #clock#
        return put({"id": 1, "op": OPERATION, **message})
    finally:
        patience.cancel()
        adapter.kill()
        adapter.communicate()
