import { isDeepStrictEqual } from 'node:util';

/** Whether the request is one of those that are meant: each part has its own list. */
function fits(reply, wanted) {
  if (!reply.answer) return 'rejected' in reply && wanted.rejected;
  const request = reply.answer;
  const headers = {};
  for (const [name, value] of request.headers) {
    const known = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = known === undefined ? value.trim() : `${known}, ${value.trim()}`;
  }
  const fields = fieldsOf(request.body, headers);
  if (!fields || strays(request, headers)) return false;
  const parts = [
    ['method', request.method.toUpperCase(), wanted.method],
    ['url', request.url, wanted.url],
    ...Object.entries(wanted.headers).map(([name, values]) => [name, headers[name] ?? null, values]),
    ...Object.entries(wanted.fields).map(([name, values]) => [name, fields[name] ?? null, values]),
  ];
  return parts.every(([name, got, values]) => values.some((value) => isDeepStrictEqual(said(name, got), said(name, value))));
}

/** Where a URL leads, without its query. */
function place(url) {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
