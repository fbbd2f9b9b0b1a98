// SPDX-License-Identifier: EUPL-1.2

const PREFIX = 'getypt:';
const UNSENT = 'concept:';
const KEPT_OUT = new Set(['csrfmiddlewaretoken']);

/**
 * What somebody typed in `form[data-onthoud]` is kept in this tab when it is sent, and put back when the same page
 * comes up again without it: the session was over, an error page came instead. Any other page means that it arrived,
 * and forgets it, but for pages in between (`data-tussendoor`: signing in, the code, an error).
 *
 * With `data-onthoud-typend="who"` it is kept while one types as well, for this person in this tab, and waits through
 * other pages until the form is sent. [data-onthoud-status] inside the form says so: its text is in `data-terug`.
 */
export function rememberTyped() {
  const form = document.querySelector('form[data-onthoud]');
  if (!document.querySelector('[data-tussendoor]')) {
    const kept = form && take(PREFIX + location.pathname);
    forgetAll(PREFIX);
    if (kept) putBack(form, kept);
    else if (form) putBackUnsent(form);
  }
  document.addEventListener('submit', ({ target }) => {
    if (target.hasAttribute('data-onthoud')) {
      keep(PREFIX + location.pathname, target);
      forgetAll(unsent(target));
    }
    // Signing out: whoever comes next at this screen finds nothing.
    if (target.hasAttribute('data-uitloggen')) forgetAll(UNSENT);
  });
  document.addEventListener('input', ({ target, isTrusted }) => {
    if (isTrusted && target.form?.hasAttribute('data-onthoud-typend')) keep(unsent(target.form), target.form);
  });
}

/** Where the unsent text of this form is, or nothing that exists. */
function unsent(form) {
  return `${UNSENT}${form.dataset.onthoudTypend ?? ''}:${location.pathname}`;
}

function putBackUnsent(form) {
  const kept = form.hasAttribute('data-onthoud-typend') && take(unsent(form));
  if (!kept || !putBack(form, kept)) return;
  const status = form.querySelector('[data-onthoud-status]');
  if (status) status.textContent = status.dataset.terug;
}

function keep(key, form) {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !KEPT_OUT.has(name));
  try {
    sessionStorage.setItem(key, JSON.stringify(fields));
  } catch {
    // Storage is full or forbidden: then nothing is kept, as without this file.
  }
}

function take(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function forgetAll(prefix) {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
  } catch {
    // Nothing is kept where storage is forbidden.
  }
}

/** Whether it was done: a form that the server gives back with errors holds the typed text, and is left alone. */
function putBack(form, fields) {
  if (form.querySelector('[data-foutoverzicht], [aria-invalid="true"]')) return false;
  const typed = group(fields);
  for (const field of form.elements) {
    if (!field.name || KEPT_OUT.has(field.name) || field.type === 'hidden' || field.type === 'file') continue;
    const values = (typed.get(field.name) ?? []).map(([, value]) => value);
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.includes(field.value);
    else if ('value' in field && values.length > 0 && field.tagName !== 'BUTTON') [field.value] = values;
  }
  form.dispatchEvent(new Event('input', { bubbles: true }));
  return true;
}

function group(fields) {
  const groups = new Map();
  for (const field of fields) groups.set(field[0], [...(groups.get(field[0]) ?? []), field]);
  return groups;
}
