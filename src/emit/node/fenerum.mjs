/** What a part comes to, however it is spelt. */
function said(name, value) {
  if (name === 'url') return place(value);
  if (typeof value !== 'string') return value;
  if (name === 'authorization') {
    const [scheme, ...rest] = value.trim().split(/\s+/);
    return [scheme.toLowerCase(), rest.join(' ')];
  }
  if (name === 'content-type') return value.split(';')[0].trim().toLowerCase();
  return name === 'email' ? value.toLowerCase() : value;
}

function fieldsOf(body) {
  try {
    const fields = JSON.parse(body);
    return typeof fields === 'object' && !Array.isArray(fields) ? fields : null;
  } catch {
    return null;
  }
}

/** Whether the API token stands where it does not belong. */
function strays(request, headers) {
  const others = Object.entries(headers).filter(([name]) => name !== 'authorization').map(([, value]) => value);
  const query = [...new URLSearchParams(request.url.split('?')[1] ?? '').values()];
  return [...others, ...query, request.body].some((text) => text.includes(MESSAGE.token));
}
