// SPDX-License-Identifier: EUPL-1.2

/** Submit a form when a choice in it changes; text fields wait for Enter or the button. */
export function autosubmit() {
  document.addEventListener('change', (event) => {
    // `.form` also finds the form of a field outside it that points there with form="id".
    const { form } = event.target;
    const choice = event.target.matches('select, [type="checkbox"], [type="radio"]');
    if (choice && form?.hasAttribute('data-autosubmit')) form.requestSubmit();
  });
}

/** A second press on «Meld me aan» does nothing. The server is safe against it too; this saves the person a shock. */
export function preventDoubleSubmit() {
  const busy = new Set();

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.hasAttribute('data-eenmaal')) return;
    if (busy.has(form)) {
      event.preventDefault();
      return;
    }
    busy.add(form);
    // aria-disabled, not disabled: a disabled button loses the focus, and its name and value would not be sent.
    for (const button of form.querySelectorAll('[type="submit"]')) button.setAttribute('aria-disabled', 'true');
  });

  // Back in the browser shows the page as it was left, with the buttons still out of use.
  window.addEventListener('pageshow', () => release());
  document.addEventListener('htmx:afterRequest', () => release());

  function release() {
    for (const form of busy) {
      for (const button of form.querySelectorAll('[type="submit"]')) button.removeAttribute('aria-disabled');
    }
    busy.clear();
  }
}
