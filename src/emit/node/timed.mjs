import { isDeepStrictEqual } from 'node:util';

let asked = MESSAGE.now; // or later, for an adapter that reads the clock

/** An answer may be spelt in several ways: what counts is what it comes to at its time. */
function isSame(reply, other) {
  if (!reply.answer || !other.answer) return 'rejected' in reply && 'rejected' in other;
  return isDeepStrictEqual(seen(reply.answer, asked), seen(other.answer, MESSAGE.now));
}
