// SPDX-License-Identifier: EUPL-1.2

import { announce } from './announce.js';
import { focusErrorSummary } from './errors.js';

/**
 * After htmx swapped results in, say what came («12 cursussen») and leave the focus where the person is. Only when
 * the focused element itself was replaced without a successor of the same id does the focus move to the results.
 */
export function announceResults() {
  document.addEventListener('htmx:afterSettle', (event) => {
    const swapped = event.detail.elt ?? event.target;
    const results = swapped.closest?.('[data-resultaten]') ?? swapped.querySelector?.('[data-resultaten]');
    focusErrorSummary(swapped);
    if (!results) return;

    const text = results.querySelector('[data-aankondiging]')?.textContent.trim();
    if (text) announce(text);
    if (document.activeElement === document.body) {
      results.setAttribute('tabindex', '-1');
      results.focus({ preventScroll: true });
    }
  });
}
