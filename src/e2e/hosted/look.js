// What a page lacks, in words. A field is known by its name: who brings a new one says here what completes it.
const TOKENS = {
  cardnumber: 'cc-number', expiry: 'cc-exp', month: 'cc-exp-month', expmonth: 'cc-exp-month', 'expiration[month]': 'cc-exp-month',
  year: 'cc-exp-year', expyear: 'cc-exp-year', 'expiration[year]': 'cc-exp-year', cvc: 'cc-csc', cvd: 'cc-csc',
  cardholder: 'cc-name', email: 'email',
};
const lacks = [];
const lack = (holds, what) => { if (!holds) lacks.push(what); };
const shown = element => element.getClientRects().length > 0;
const root = document.documentElement;

lack(['da', 'en', 'sv'].includes(root.lang), `no language that we know: ${root.lang}`);
lack(document.title.trim(), 'no title');
lack(/^(Simulator|provkassa's reference shop)/.test(document.querySelector('body > aside.simulator')?.textContent.trim()), 'it does not say that it is a simulator');
lack(document.querySelectorAll('main').length === 1, 'not one main');
lack(document.querySelectorAll('h1').length === 1, 'not one heading');
lack(root.scrollWidth <= innerWidth, `wider than the window: ${root.scrollWidth} > ${innerWidth}`);

for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
  const name = field.name || field.id;
  lack([...field.labels].some(label => label.textContent.trim()) || field.ariaLabel, `no label: ${name}`);
  const typed = !['radio', 'checkbox', 'search', 'select-one'].includes(field.type);
  if (typed) lack(TOKENS[name] && field.getAttribute('autocomplete') === TOKENS[name], `${name} completes as ${field.getAttribute('autocomplete')}, not ${TOKENS[name]}`);
  if (typed && name !== 'email' && name !== 'cardholder') lack(field.inputMode === 'numeric', `${name} brings no digits on a phone`);
}
for (const button of document.querySelectorAll('button, a')) {
  if (shown(button)) lack(button.textContent.trim() || button.ariaLabel, `no text: ${button.outerHTML}`);
}
const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
lack(new Set(ids).size === ids.length, `an id twice: ${ids}`);
for (const element of document.querySelectorAll('[aria-describedby], [aria-labelledby]')) {
  for (const id of `${element.getAttribute('aria-describedby') || ''} ${element.getAttribute('aria-labelledby') || ''}`.trim().split(/\s+/)) {
    lack(document.getElementById(id), `nothing has the id ${id}`);
  }
}
for (const label of document.querySelectorAll('label[for]')) {
  if (shown(label)) lack(label.offsetHeight < 2 * parseFloat(getComputedStyle(label).lineHeight), `a label of two lines: ${label.textContent.trim()}`);
}
for (const element of document.querySelectorAll('button, th, h1')) {
  lack(element.scrollWidth <= element.clientWidth + 1, `cut off: ${element.textContent.trim()}`);
}
lack(!document.querySelector('h1[role], h2[role]'), 'a heading with a role is none');
for (const meta of document.querySelectorAll('meta[http-equiv=refresh]')) {
  lack(meta.closest('noscript'), 'it loads itself anew, whoever reads it');
}

// Text has a contrast of 4.5, or of 3 where it is large.
const channels = color => {
  const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
  return color.startsWith('color(') ? [r, g, b, a] : [r / 255, g / 255, b / 255, a];
};
const over = ([r, g, b, a], under) => [r, g, b].map((value, i) => value * a + under[i] * (1 - a));
const behind = element => {
  if (!element) return matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [1, 1, 1];
  const color = channels(getComputedStyle(element).backgroundColor);
  return color[3] === 1 ? color.slice(0, 3) : over(color, behind(element.parentElement));
};
const brightness = color => {
  const [r, g, b] = color.map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
};
for (const element of document.querySelectorAll('body *')) {
  const text = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.data.trim()).join('');
  if (!text || !shown(element) || element.closest('option, script, style, noscript')) continue;
  const style = getComputedStyle(element);
  const ground = behind(element);
  const [one, other] = [brightness(over(channels(style.color), ground)), brightness(ground)];
  const contrast = Math.max(one, other) / Math.min(one, other);
  const size = parseFloat(style.fontSize);
  const wanted = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
  lack(contrast >= wanted, `a contrast of ${contrast.toFixed(1)} in ${matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'}: ${text.slice(0, 60)}`);
}
return lacks;
