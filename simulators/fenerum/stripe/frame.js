// The card element from inside. FACTS are the brands, texts and dates that the simulator judges with.

const field = name => document.getElementsByName(name)[0];
// In the order in which they are looked at.
const inputs = { number: field('cardnumber'), expiry: field('exp-date'), cvc: field('cvc'), postal: field('postal') };
const all = Object.values(inputs);
const badge = document.getElementById('brand');
const root = new URL('../', location.href);
const expected = new URLSearchParams(location.hash.slice(1));

let port = null;
let options = {};
let focused = false;
let told = '';
// The fields that the payer has left, or asked to be taken: what they lack is an error then.
const left = new Set();

const digits = input => input.value.replace(/\D/g, '');

function brandOf(number) {
  const told = brand => Math.max(0, ...brand.starts
    .filter(([from, to]) => number.length >= from.length && from <= number.slice(0, from.length) && number.slice(0, from.length) <= to)
    .map(([from]) => from.length));
  return FACTS.brands.reduce((best, brand) => (told(brand) > told(best) ? brand : best), FACTS.unknown);
}

function luhn(number) {
  const sum = [...number].reverse().reduce((sum, digit, place) => {
    const value = Number(digit) * (place % 2 + 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

// What is wrong with each field, by the code; nothing where it is right.
const judges = {
  number() {
    const number = digits(inputs.number);
    const { lengths } = brandOf(number);
    if (lengths.includes(number.length) && luhn(number)) return null;
    return number.length >= Math.max(...lengths) ? 'invalid_number' : 'incomplete_number';
  },
  expiry() {
    const typed = digits(inputs.expiry);
    if (typed.slice(0, 2) === '00') return 'invalid_expiry_month';
    if (typed.length < 4) return 'incomplete_expiry';
    const [month, year] = expiry();
    const { today } = FACTS;
    if (year < today.year) return 'invalid_expiry_year_past';
    if (year > today.last) return 'invalid_expiry_year';
    return year === today.year && month < today.month ? 'invalid_expiry_month_past' : null;
  },
  cvc() {
    return digits(inputs.cvc).length < brandOf(digits(inputs.number)).cvc ? 'incomplete_cvc' : null;
  },
  postal() {
    if (options.hidePostalCode) return null;
    const typed = inputs.postal.value.trim();
    return (american() ? /^\d{5}$/.test(typed) : typed) ? null : 'incomplete_zip';
  },
};

const expiry = () => [Number(digits(inputs.expiry).slice(0, 2)), 2000 + Number(digits(inputs.expiry).slice(2))];
const american = () => FACTS.countries[digits(inputs.number)] === 'US';

// The first error; while the payer is typing only what cannot become right.
function wrong(asked) {
  for (const [name, judge] of Object.entries(judges)) {
    const code = judge();
    if (code && (asked || left.has(name) || code.startsWith('invalid'))) return FACTS.texts.find(text => text.code === code);
  }
  return null;
}

const plain = ({ code, message }) => ({ type: 'validation_error', code, message });

function state() {
  const error = wrong(false);
  const codes = Object.values(judges).map(judge => judge());
  const empty = all.every(input => input.value === '');
  return { empty, complete: codes.every(code => !code), invalid: Boolean(error), focus: focused, webkitAutofill: all.some(input => input.matches(':autofill')) };
}

function say(event, more = {}) {
  port?.postMessage({ event, state: state(), ...more });
}

// Shows what has changed, and tells the page if it has changed for it.
function changed(error = wrong(false)) {
  const { name } = brandOf(digits(inputs.number));
  for (const [key, input] of Object.entries(inputs)) {
    const bad = error?.field === key;
    input.classList.toggle('invalid', bad);
    input.setAttribute('aria-invalid', bad);
  }
  restyle();
  const { empty, complete } = state();
  const postalCode = inputs.postal.value.trim();
  const detail = { empty, complete, error: error ? plain(error) : undefined, value: { postalCode }, brand: name };
  const now = JSON.stringify(detail);
  if (now !== told) say('change', { detail });
  told = now;
}

// Puts a text in the place of what was typed; the cursor stays behind the same digit.
function rewrite(input, text) {
  if (input.value === text) return;
  const caret = input.selectionStart;
  let digitsBefore = input.value.slice(0, caret).replace(/\D/g, '').length;
  const atEnd = caret === input.value.length;
  input.value = text;
  let at = 0;
  while (at < text.length && digitsBefore > 0) digitsBefore -= /\d/.test(text[at++]) ? 1 : 0;
  if (document.activeElement === input) input.setSelectionRange(atEnd ? text.length : at, atEnd ? text.length : at);
}

function grouped(number, gaps) {
  return [...number].map((digit, place) => (gaps.includes(place) ? ' ' : '') + digit).join('');
}

function dated(value, deleting) {
  let typed = value.replace(/\D/g, '');
  // A month of one digit: `4`, or `1/`.
  if (/^[2-9]/.test(typed) || /^\s*1\s*\//.test(value)) typed = `0${typed}`;
  // 13 is January and the first digit of a year.
  if (Number(typed.slice(0, 2)) > 12) typed = `0${typed}`;
  // A year of four digits, as browsers fill it in.
  if (typed.length > 4 && typed.slice(2, 4) === '20') typed = typed.slice(0, 2) + typed.slice(4);
  typed = typed.slice(0, 4);
  if (typed.length < 2 || deleting && typed.length === 2) return typed;
  return `${typed.slice(0, 2)} / ${typed.slice(2)}`;
}

function typed(event) {
  const input = event.target;
  const deleting = event.inputType?.startsWith('delete') ?? false;
  const brand = brandOf(digits(inputs.number));
  const longest = Math.max(...brand.lengths);
  if (input === inputs.number) rewrite(input, grouped(digits(input).slice(0, longest), brand.gaps));
  if (input === inputs.expiry) rewrite(input, dated(input.value, deleting));
  if (input === inputs.cvc) rewrite(input, digits(input).slice(0, brand.name === 'unknown' ? 4 : brand.cvc));
  inputs.postal.placeholder = american() || digits(inputs.number) === '' ? 'ZIP' : 'Postal code';
  changed();
  // Whoever has filled a field goes on in the next.
  const full = input === inputs.number && digits(input).length === longest && !judges.number()
    || input === inputs.expiry && !judges.expiry()
    || input === inputs.cvc && digits(input).length === brand.cvc && brand.name !== 'unknown';
  if (full && !deleting && document.activeElement === input) all.slice(all.indexOf(input) + 1).find(next => !next.hidden)?.focus();
}

// The properties of Stripe's `style` option; each is set by itself, so that none can bring another along.
const STYLES = ['backgroundColor', 'color', 'fontFamily', 'fontSize', 'fontStyle', 'fontVariant', 'fontWeight', 'letterSpacing', 'lineHeight', 'padding', 'textAlign', 'textDecoration', 'textShadow', 'textTransform'];
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [sheet];

function restyle() {
  sheet.replaceSync('');
  const { empty, complete } = state();
  const { style = {}, iconStyle, hideIcon } = options;
  const rule = (selector, properties = {}) => {
    const { style: set } = sheet.cssRules[sheet.insertRule(`${selector} {}`, sheet.cssRules.length)];
    for (const name of STYLES) if (typeof properties[name] === 'string') set[name] = properties[name];
    for (const [pseudo, inner] of Object.entries(properties)) {
      if (/^::?[a-z-]+$/.test(pseudo) && CSS.supports(`selector(input${pseudo})`)) rule(selector + pseudo, inner);
    }
  };
  rule('input', style.base);
  if (empty) rule('input', style.empty);
  if (complete) rule('input', style.complete);
  rule('input.invalid', style.invalid);
  const { name } = brandOf(digits(inputs.number));
  badge.textContent = name === 'unknown' ? 'card' : name;
  badge.hidden = Boolean(hideIcon);
  badge.classList.toggle('solid', iconStyle === 'solid');
}

function set(given) {
  options = { ...options, ...given };
  inputs.postal.hidden = Boolean(options.hidePostalCode);
  if (typeof given.value?.postalCode === 'string') inputs.postal.value = given.value.postalCode;
  for (const input of all) input.disabled = Boolean(options.disabled);
}

async function pay(id, pairs) {
  for (const name of Object.keys(inputs)) left.add(name);
  const error = wrong(true);
  if (error) {
    changed(error);
    say('result', { id, result: { error: plain(error) } });
    return;
  }
  const [month, year] = expiry();
  const postal = 'billing_details[address][postal_code]';
  const typedPostal = inputs.postal.value.trim();
  // What was typed here goes before what the page has sent.
  const rest = options.hidePostalCode || !typedPostal ? pairs : [...pairs.filter(([name]) => name !== postal), [postal, typedPostal]];
  const card = [['card[number]', digits(inputs.number)], ['card[exp_month]', month], ['card[exp_year]', year], ['card[cvc]', digits(inputs.cvc)]];
  say('result', { id, result: await call(root, [...rest, ...card]) });
}

const commands = {
  pay: ({ id, pairs }) => pay(id, pairs),
  update: ({ options: given }) => { set(given); changed(); },
  clear() {
    for (const input of all) input.value = '';
    left.clear();
    changed();
  },
  focus: () => inputs.number.focus(),
  blur: () => document.activeElement?.blur(),
};

// The page hands over its end of a channel once. It must be the page that made the frame.
addEventListener('message', event => {
  const known = event.source === parent && event.origin === expected.get('origin') && event.data?.nonce === expected.get('nonce');
  if (port || !known || !event.ports[0]) return;
  set(event.data.options);
  restyle();
  told = JSON.stringify({ empty: all.every(input => input.value === ''), complete: false, value: { postalCode: inputs.postal.value.trim() }, brand: 'unknown' });
  port = event.ports[0];
  new ResizeObserver(() => say('size', { height: Math.ceil(document.body.getBoundingClientRect().height) })).observe(document.body);
  say('ready');
  port.onmessage = ({ data }) => commands[data.do]?.(data);
});

addEventListener('input', typed);
addEventListener('focusin', () => {
  if (focused) return;
  focused = true;
  say('focus');
});
addEventListener('focusout', event => {
  const name = Object.keys(inputs).find(key => inputs[key] === event.target);
  if (name && inputs[name].value !== '') left.add(name);
  if (event.relatedTarget === null) {
    focused = false;
    say('blur');
  }
  changed();
});
addEventListener('keydown', event => {
  if (event.key === 'Escape') say('escape');
  if (event.key === 'Enter') {
    event.preventDefault();
    say('submit');
  }
});
