/** Where the link leads, and its decoded parameters by name; an empty one is as good as none. */
function seen({ url }) {
  const [, address, query] = /^([^?]*)\??([^#]*)/.exec(url);
  const [scheme, ...rest] = address.split('://');
  const pairs = [...new URLSearchParams(query)].filter(([, value]) => value !== '');
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return [scheme, rest.join('://').replace(/\/+/g, '/'), pairs];
}
