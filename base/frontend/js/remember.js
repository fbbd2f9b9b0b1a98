// SPDX-License-Identifier: EUPL-1.2

const PREFIX = 'getypt:';
const KEPT_OUT = new Set(['csrfmiddlewaretoken']);

/**
 * What somebody typed in `form[data-onthoud]` is kept in this tab when it is sent, and put back when the same page
 * comes up again without it: the session was over, an error page came instead. Any other page means that it arrived,
 * and forgets it, but for pages in between (`data-tussendoor`: signing in, the code, an error).
 */
export function rememberTyped() {
  if (!document.querySelector('[data-tussendoor]')) {
    const form = document.querySelector('form[data-onthoud]');
    const kept = form && take(location.pathname);
    forgetAll();
    if (kept) putBack(form, kept);
  }
  document.addEventListener('submit', ({ target }) => {
    if (target.hasAttribute('data-onthoud')) keep(location.pathname, target);
  });
}

function keep(path, form) {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !KEPT_OUT.has(name));
  try {
    sessionStorage.setItem(PREFIX + path, JSON.stringify(fields));
  } catch {
    // Storage is full or forbidden: then nothing is kept, as without this file.
  }
}

function take(path) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + path));
  } catch {
    return null;
  }
}

function forgetAll() {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // Nothing is kept where storage is forbidden.
  }
}

/** A form that the server gives back with errors holds the typed text already, and is left alone. */
function putBack(form, fields) {
  if (form.querySelector('[data-foutoverzicht], [aria-invalid="true"]')) return;
  const typed = group(fields);
  for (const field of form.elements) {
    if (!field.name || KEPT_OUT.has(field.name) || field.type === 'hidden' || field.type === 'file') continue;
    const values = (typed.get(field.name) ?? []).map(([, value]) => value);
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.includes(field.value);
    else if ('value' in field && values.length > 0 && field.tagName !== 'BUTTON') [field.value] = values;
  }
  form.dispatchEvent(new Event('input', { bubbles: true }));
}

function group(fields) {
  const groups = new Map();
  for (const field of fields) groups.set(field[0], [...(groups.get(field[0]) ?? []), field]);
  return groups;
}
