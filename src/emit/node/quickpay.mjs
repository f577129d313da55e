/** What a part comes to, however it is spelt. Of what the shop chooses only the form counts. */
function said(name, value) {
  if (name === 'url') return place(value).replace(/\/$/, '');
  if (name === 'authorization' && value !== null) {
    const [, scheme, credentials] = /^([^ ]*) *(.*)$/s.exec(value);
    return [scheme.toLowerCase(), credentials.trim()];
  }
  if (name === 'order_id' && ['string', 'number'].includes(typeof value)) return toldOrder(String(value));
  if (name === 'description' && typeof value === 'string' && value.trim() !== '') return 'a text';
  const isObject = typeof value === 'object' && !Array.isArray(value);
  if (name === 'variables' && isObject) return JSON.stringify(value).includes(MESSAGE.account);
  return value;
}

/** Which id it is, the shop chooses, but it should not be the account's alone. */
function toldOrder(orderId) {
  if (!/^[A-Za-z0-9 ._-]{4,20}$/.test(orderId)) return 'an order id that QuickPay refuses';
  const rest = orderId.replace(/^[A-Za-z]+[_. -]/, '');
  const accounts = [MESSAGE.account, MESSAGE.account.replaceAll('-', '')];
  const parts = [orderId, rest].filter((part) => part.length >= 8);
  return accounts.some((account) => parts.some((part) => account.startsWith(part)));
}

/** The fields of a JSON object or of a form, as Content-Type says. */
function fieldsOf(body, headers) {
  const media = (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  try {
    if (media === 'application/json') {
      const fields = JSON.parse(body);
      return typeof fields === 'object' && !Array.isArray(fields) ? fields : null;
    }
  } catch {
    return null;
  }
  if (media !== 'application/x-www-form-urlencoded' || /^\s*[{"]/.test(body)) return null;
  const fields = {};
  for (const [name, value] of new URLSearchParams(body)) {
    const [outer, inner] = name.split('[');
    if (inner === undefined) fields[name] = value;
    else fields[outer] = { ...fields[outer], [inner]: value };
  }
  return fields;
}

const strays = () => false;
