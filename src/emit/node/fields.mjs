/** Only what stands in the other answer counts. */
function isSame(reply, other) {
  if (!reply.answer || !other.answer) return 'rejected' in reply && 'rejected' in other;
  return Object.entries(other.answer).every(([name, value]) => reply.answer[name] === value);
}
