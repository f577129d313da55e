// What provkassa asks, answered by your shop's code: one function for each operation.
//
// Import what the shop itself runs; a copy made for the test proves nothing about the shop. A function may be async. It
// returns the answer, or throws a Rejection where your code refuses the message, which is often right. Any other error
// means that something broke. Delete what your shop does not do.
//
// `provkassa adapter --protocol` prints what each operation and each of its fields means.

import { Rejection, Unsupported } from './replies.mjs';

export const greeting = {
  name: 'my shop',
  controls_time: false, // true where your code takes the time from `now`, and does not read the clock
};

const NOT_YET = 'not filled in yet: call your code in operations.mjs';

export const operations = {
@operations@
};
