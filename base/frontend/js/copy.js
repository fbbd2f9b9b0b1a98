// SPDX-License-Identifier: EUPL-1.2

import { announce } from './announce.js';

/** `data-kopieer="text"` copies; `data-gekopieerd` holds the (translated) word that replaces the label for a while. */
export function copyOnClick() {
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-kopieer]');
    if (!button) return;
    event.preventDefault();
    if (!(await copy(button.dataset.kopieer))) return;

    const done = button.dataset.gekopieerd ?? document.body.dataset.gekopieerd ?? 'Gekopieerd';
    const label = (button.dataset.label ??= button.textContent);
    button.textContent = done;
    announce(done);
    setTimeout(() => {
      button.textContent = label;
    }, 2500);
  });
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or plain http on an office network: the old way still works there.
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'visually-hidden';
    document.body.append(field);
    field.select();
    const copied = document.execCommand('copy');
    field.remove();
    return copied;
  }
}
