(() => {
  const stories = document.querySelector('[data-stories]');
  if (!stories) return;
  const most = 40;
  const live = document.querySelector('[data-live]');
  const filters = document.querySelector('[data-filters]');
  for (const select of filters.querySelectorAll('select')) {
    select.addEventListener('change', () => filters.requestSubmit());
  }

  // What is being read or pointed at stays where it is; all else that is new goes to the top.
  const place = (fresh) => {
    const old = document.getElementById(fresh.id);
    const kept = old && old.contains(document.activeElement) ? document.activeElement.dataset.keep : undefined;
    if (old && old.matches(':hover, :focus-within')) {
      old.replaceWith(fresh);
    } else {
      if (old) old.remove();
      stories.prepend(fresh);
    }
    if (kept !== undefined) fresh.querySelector(`[data-keep="${CSS.escape(kept)}"]`)?.focus();
    while (stories.children.length > most) stories.lastElementChild.remove();
  };

  // The field for a code suggests those of the provider that is chosen, with their meaning.
  const outcome = document.querySelector('[data-control=outcome]');
  const suggest = async () => {
    const id = outcome.querySelector('[name=provider]').value;
    const offered = outcome.querySelector('datalist');
    if (!outcome.open || offered.dataset.of === id) return;
    offered.dataset.of = id;
    const answer = await fetch(outcome.querySelector(`[data-of="${CSS.escape(id)}"][data-codes]`).dataset.codes);
    if (answer.ok) offered.innerHTML = await answer.text();
  };
  outcome.addEventListener('toggle', suggest);
  outcome.querySelector('[name=provider]').addEventListener('change', suggest);

  // What is cleared is what is there by then.
  const clear = document.querySelector('[data-clear]');
  const clearUpTo = (cursor) => {
    const address = new URL(clear.href);
    address.searchParams.set('after', cursor);
    clear.href = address;
  };

  const source = new EventSource(stories.dataset.events);
  source.addEventListener('story', (event) => {
    const holder = document.createElement('template');
    holder.innerHTML = event.data;
    const fresh = holder.content.querySelector('[data-story]');
    if (!fresh) return;
    fresh.classList.add('fresh');
    place(fresh);
    clearUpTo(event.lastEventId);
    document.querySelector('[data-nothing]').hidden = true;
    const main = document.querySelector('[data-empty]');
    if (main) {
      main.removeAttribute('data-empty');
      main.classList.remove('empty');
      main.querySelector('[data-credentials]').open = false;
    }
    live.textContent = fresh.dataset.told;
  });
  source.addEventListener('again', () => location.reload());
  source.addEventListener('error', () => { live.textContent = 'The sandbox does not answer. What is new shows up when it does.'; });
  source.addEventListener('open', () => { live.textContent = ''; });
  addEventListener('pagehide', () => source.close());
})();
