"""What provkassa asks, answered by your shop's code: one function for each operation.

Import what the shop itself runs; a copy made for the test proves nothing about the shop. A function returns the answer,
or raises a Rejection where your code refuses the message, which is often right. Any other exception means that
something broke. Delete what your shop does not do.

`provkassa adapter --protocol` prints what each operation and each of its fields means.
"""

import sys
from pathlib import Path

from replies import Rejection, Unsupported

sys.path.append(str(Path(__file__).resolve().parent.parent))  # where your shop's own modules are

GREETING = {
    "name": "my shop",
    "controls_time": False,  # True where your code takes the time from `now`, and does not read the clock
}

NOT_YET = "not filled in yet: call your code in operations.py"

OPERATIONS = {}


def operation(op):
    """Marks the function that answers this operation."""

    def register(function):
        OPERATIONS[op] = function
        return function

    return register
@operations@
