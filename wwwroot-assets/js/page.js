// What a page needs from the browser: the keyboard, and whether the tab can be seen.
// Elements name their keys in data-keys ("n", "g r", "Escape", "/"): a text box is focused, anything else is clicked.
let visibility = null;
let prefix = '';

const isTyping = target => target.closest?.('input:not([type=checkbox]):not([type=range]), select, textarea, [contenteditable], .rz-dropdown') != null;
const isShown = element => element.offsetParent !== null || getComputedStyle(element).position === 'fixed';

const use = element => {
  if (element?.matches('input, textarea')) {
    element.focus();
    element.select();
  } else {
    element?.click();
  }

  return element != null;
};

const press = keys => use([...document.querySelectorAll(`[data-keys="${CSS.escape(keys)}"]`)].find(isShown));

const rows = () => [...document.querySelectorAll('[data-row]')];
const move = by => {
  const all = rows();
  const at = all.findIndex(row => row.contains(document.activeElement));
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
  next?.querySelector('a')?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return all.length > 0;
};

const select = () => {
  const box = document.activeElement?.closest('[data-row]')?.querySelector('input[type=checkbox]');
  box?.click();
  return box != null;
};

const act = key => {
  switch (key) {
    case 'j': return move(1);
    case 'k': return move(-1);
    case 'x': return select();
    default: return press(key);
  }
};

// Menus are details elements: a click elsewhere or Escape closes them.
const closeMenus = except => {
  const open = [...document.querySelectorAll('details.pop[open]')].filter(menu => menu !== except);
  open.forEach(menu => { menu.open = false; });
  return open.length > 0;
};

const onKey = event => {
  if ((event.ctrlKey || event.metaKey) && event.key === 'k' && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    press('Ctrl K');
    return;
  }

  if (event.target.getAttribute?.('role') === 'combobox' && event.target.getAttribute('aria-expanded') === 'true' && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    // The arrows move through the list and not through the text.
    event.preventDefault();
  }

  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('.rz-dialog-wrapper')) {
    return;
  }

  if (event.key === 'Escape' && closeMenus(null)) {
    event.preventDefault();
    return;
  }

  if (isTyping(event.target)) {
    // The first Escape closes the list of a combobox.
    if (event.key === 'Escape' && event.target.getAttribute('aria-expanded') !== 'true') {
      event.target.blur();
    }

    return;
  }

  const keys = prefix + event.key;
  prefix = event.key === 'g' && prefix === '' ? 'g ' : '';
  if (!prefix && act(keys)) {
    event.preventDefault();
  }
};

const onVisibility = () => visibility?.invokeMethodAsync('Changed', document.hidden);

const onClick = event => {
  closeMenus(event.target.closest?.('details.pop'));
  if (event.target.closest?.('.skip')) {
    event.preventDefault();
    document.getElementById('main').focus();
  }
};

// The document loads this module by itself: keys count from the moment that anything is drawn, and not a round trip to the server later.
document.addEventListener('keydown', onKey);
document.addEventListener('visibilitychange', onVisibility);
document.addEventListener('click', onClick, true);

export function attach(reference) {
  // From here on the server knows the page.
  document.documentElement.dataset.ready = '';
  visibility = reference;
  if (document.hidden) {
    onVisibility();
  }
}

// What is typed within data-keep stays with the tab until the server says that it is safe: it outlives a lost connection and the server itself.
const keepsake = () => `crossbench-typed ${location.pathname}`;
const kept = () => JSON.parse(sessionStorage.getItem(keepsake()) ?? '{}');
const settled = new Set();
let loaded = location.pathname;

export const keep = (name, text) => sessionStorage.setItem(keepsake(), JSON.stringify({ ...kept(), [name]: text }));
export const forget = () => sessionStorage.removeItem(keepsake());

// The server has what was finished before it said so; another box may have got its first letters since.
export function settle() {
  const left = Object.entries(kept()).filter(([name]) => !settled.has(name));
  settled.clear();
  forget();
  left.forEach(([name, text]) => keep(name, text));
}

// Only the page that came with the document gets it: whoever came by a link has left the other page of his own accord.
export function typed() {
  if (loaded !== location.pathname) {
    forget();
  }

  loaded = null;
  return kept();
}

document.addEventListener('input', event => {
  const box = event.target;
  const form = box.id && box.closest('[data-keep]');
  if (form) {
    settled.delete(box.id);
    keep(box.id, box.type === 'checkbox' ? String(box.checked) : box.value);
    keep('keep', form.dataset.keep);
  }
});

document.addEventListener('change', event => settled.add(event.target.id));

// The connection is back, and the server has missed what was typed meanwhile.
document.addEventListener('crossbench-back', () => Object.keys(kept()).map(id => document.getElementById(id)).forEach(box => {
  box?.dispatchEvent(new Event('input', { bubbles: true }));
  box?.dispatchEvent(new Event('change', { bubbles: true }));
}));

// What can be done on this page, for the palette: the actions of its head, and whatever names its keys. Places have a list of their own.
let deeds = [];
const wordsOf = element => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll('kbd').forEach(key => key.remove());
  return (element.getAttribute('aria-label') ?? copy.textContent).trim().replace(/\s+/g, ' ');
};

export function actions() {
  deeds = [...document.querySelectorAll('.top .btn, main [data-keys], main .acts .btn, main summary.btn')].filter(element => isShown(element) && element.dataset.keys !== 'Ctrl K');
  return deeds.map(element => ({ title: wordsOf(element), keys: element.dataset.keys ?? '', icon: element.closest('label, .btn')?.querySelector('use')?.getAttribute('href').slice(3) ?? 'play' }));
}

export const perform = at => use(deeds[at]);

export function detach() {
  visibility = null;
}

// Browsers give pages a clipboard only over https or from this machine; elsewhere the selection is copied.
export async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }

  const box = document.createElement('textarea');
  box.value = text;
  document.body.append(box);
  box.select();
  document.execCommand('copy');
  box.remove();
}

export function focus(id) {
  const element = document.getElementById(id);
  element?.focus();
  element?.scrollIntoView({ block: 'center' });
}

// What this browser remembers, such as the columns of a table.
export const recall = key => localStorage.getItem(key);

export function remember(key, value) {
  if (value === null) {
    localStorage.removeItem(key);
  } else {
    localStorage.setItem(key, value);
  }
}

// Puts the caret of a text box where something is, and shows it.
export function place(id, at) {
  const box = document.getElementById(id);
  box.focus();
  box.setSelectionRange(at, at);
  const line = box.value.slice(0, at).split('\n').length - 1;
  box.parentElement.scrollTop = line * parseFloat(getComputedStyle(box).lineHeight) - 60;
}
