import { isDeepStrictEqual } from 'node:util';

/** An answer may be spelt in several ways: what counts is what it comes to. */
function isSame(reply, other) {
  if (!reply.answer || !other.answer) return 'rejected' in reply && 'rejected' in other;
  return isDeepStrictEqual(seen(reply.answer), seen(other.answer));
}
