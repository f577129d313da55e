(() => {
  const form = document.querySelector('[data-filters]');
  const items = [...document.querySelectorAll('[data-item]')];
  const rows = items.filter((item) => item.tagName === 'TR');
  const folds = [...document.querySelectorAll('[data-fold]')];
  const texts = new Map();
  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };
  const has = (item, name, value) => !value || (item.dataset[name] || '').split(' ').includes(value);
  const chosen = () => Object.fromEntries(new FormData(form));

  const apply = () => {
    const { q, verdict, provider, level } = chosen();
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) {
      item.hidden = !(has(item, 'verdict', verdict) && has(item, 'provider', provider) && has(item, 'level', level)
        && words.every((word) => textOf(item).includes(word)));
    }
    for (const part of document.querySelectorAll('main section, [data-group]')) {
      const own = part.querySelectorAll('[data-item]');
      if (own.length) part.hidden = ![...own].some((item) => !item.hidden);
    }
    const shown = rows.filter((row) => !row.hidden).length;
    form.querySelector('[data-count]').textContent = `${shown} of ${rows.length} cases`;
    document.querySelector('[data-empty]').hidden = items.some((item) => !item.hidden);
  };
  const remember = () => {
    const set = Object.entries(chosen()).filter(([, value]) => value);
    history.replaceState(null, '', set.length ? `#${new URLSearchParams(set)}` : location.pathname + location.search);
  };
  const recall = () => {
    const hash = location.hash.slice(1);
    if (hash.includes('=')) {
      for (const [name, value] of new URLSearchParams(hash)) {
        if (form.elements[name]) form.elements[name].value = value;
      }
      apply();
      return;
    }
    const target = hash && document.getElementById(decodeURIComponent(hash));
    if (!target) return;
    if (target.closest('[hidden]')) { form.reset(); apply(); }
    for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    for (const inner of target.querySelectorAll(':scope > details')) inner.open = true;
    target.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener('input', () => { apply(); remember(); });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => { apply(); remember(); }));
  for (const button of form.querySelectorAll('[data-all]')) {
    button.addEventListener('click', () => folds.forEach((fold) => { fold.open = button.dataset.all === 'open'; }));
  }
  for (const fold of document.querySelectorAll('[data-shut]')) fold.open = false;
  // Many findings are a list of their headlines; the worst is open.
  if (folds.length > 5) folds.slice(1).forEach((fold) => { fold.open = false; });
  let before = [];
  addEventListener('beforeprint', () => {
    before = [...document.querySelectorAll('details:not([open])')];
    before.forEach((fold) => { fold.open = true; });
  });
  addEventListener('afterprint', () => before.forEach((fold) => { fold.open = false; }));
  addEventListener('hashchange', recall);
  apply();
  recall();
})();
