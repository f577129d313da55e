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
return lacks;
