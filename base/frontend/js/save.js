// SPDX-License-Identifier: EUPL-1.2

const SILENCE_MS = 1000;

/**
 * Save as you go: a form with `data-bewaar-url` is posted there after a second of silence. The server answers JSON
 * with `message` («Bewaard om 10:04»); it is shown in [data-bewaar-status], a role=status element. With `url` in the
 * answer, that becomes the address of the page.
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
    show(answer.message ?? (response.ok ? (status?.dataset.goed ?? '') : (status?.dataset.fout ?? '')));
  } catch (error) {
    if (error.name !== 'AbortError') show(status?.dataset.fout ?? '');
  }
}
