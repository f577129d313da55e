const NAMES = ['MerchantNumber', 'Amount', 'Currency', 'OrderID', 'AcceptURL', 'DeclineURL'];

/**
 * What reaches the payment page. The case of names and other fields do not matter, but the password must be in
 * none of them.
 */
function seen({ action, method, fields }) {
  const values = (wanted) => fields.filter(([name]) => name.toLowerCase() === wanted.toLowerCase()).map(([, value]) => value);
  const told = NAMES.map((name) => (values(name).length ? `${name}: ${values(name)}` : name));
  if (MESSAGE.makes === 'subscription' && values('Amount').length) told[1] = 'any Amount';
  const param = new Set(['Param', 'AuxParam'].map((name) => values(name).join()).filter((value) => value !== ''));
  const known = [...NAMES, 'Param', 'AuxParam', 'Subscription'].map((name) => name.toLowerCase());
  const others = fields.filter(([name]) => !known.includes(name.toLowerCase())).map(([, value]) => value);
  const isTold = MESSAGE.password !== '' && [action, ...others].some((text) => text.includes(MESSAGE.password));
  const page = URL.canParse(action) ? new URL(action).href : action;
  return [method.trim().toUpperCase(), page, told, param, values('Subscription').length > 0, isTold];
}
