// SPDX-License-Identifier: EUPL-1.2

/** Buttons with `data-print` are hidden until here: without a script there is the menu of the browser. */
export function printOnClick() {
  for (const button of document.querySelectorAll('[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  }
}
