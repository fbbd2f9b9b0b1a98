// SPDX-License-Identifier: EUPL-1.2

const SILENCE_MS = 1000;

/**
 * Save as you go: a form with `data-bewaar-url` is posted there after a second of silence. The server answers JSON
 * with `message` («Bewaard om 10:04»); it is shown in [data-bewaar-status], a role=status element. With `url` in the
 * answer, that becomes the address of the page; with `hints`, they appear under their fields.
 */
export function saveAsYouGo() {
  for (const form of document.querySelectorAll('form[data-bewaar-url]')) {
    let timer;
    let request;
    form.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        // An answer that is still under way is about an older text.
        request?.abort();
        request = new AbortController();
        save(form, request.signal);
      }, SILENCE_MS);
    });
    form.addEventListener('submit', () => {
      clearTimeout(timer);
      request?.abort();
    });
  }
}

/** `hints` {field: [sentence]} goes into [data-tips="field"]; what did not change is not read out again. */
function showHints(form, hints) {
  if (!hints) return;
  for (const box of form.querySelectorAll('[data-tips]')) {
    const sentences = hints[box.dataset.tips] ?? [];
    const list = box.querySelector('ul');
    if ([...list.children].map((item) => item.textContent).join('\n') === sentences.join('\n')) continue;
    list.replaceChildren(
      ...sentences.map((sentence) => {
        const item = document.createElement('li');
        item.textContent = sentence;
        return item;
      }),
    );
    box.hidden = sentences.length === 0;
  }
}

async function save(form, signal) {
  const status = form.querySelector('[data-bewaar-status]') ?? document.querySelector('[data-bewaar-status]');
  const show = (text) => {
    if (status) status.textContent = text;
  };
  try {
    const response = await fetch(form.dataset.bewaarUrl, {
      method: 'POST',
      body: new FormData(form),
      headers: {
        Accept: 'application/json',
        'X-CSRFToken': form.elements.csrfmiddlewaretoken?.value ?? '',
      },
      signal,
    });
    const answer = response.headers.get('Content-Type')?.includes('json') ? await response.json() : {};
    // The draft has an address from now on: reloading the page opens it again.
    if (answer.url) history.replaceState(history.state, '', answer.url);
    showHints(form, answer.hints);
    show(answer.message ?? (response.ok ? (status?.dataset.goed ?? '') : (status?.dataset.fout ?? '')));
  } catch (error) {
    if (error.name !== 'AbortError') show(status?.dataset.fout ?? '');
  }
}
