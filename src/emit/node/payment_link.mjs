/** Where the link leads, and what Fena reads in the first token. */
function seen({ url }, now) {
  const [, address, query] = /^([^?#]*)\??([^#]*)/.exec(url);
  return [address.replace(/\/$/, ''), claimsOf(new URLSearchParams(query).get('token') ?? '', now)];
}
