/**
 * YOUR CODE GOES HERE: let it answer to the message, and return what it says:
 *   #returns#
 * or, where your code refuses the message, { rejected: "why" }.
 */
async function ask(message) {
  throw new Error('put a call of your own code into ask(), in this file');
}
