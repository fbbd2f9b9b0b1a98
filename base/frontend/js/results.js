// SPDX-License-Identifier: EUPL-1.2

import { announce } from './announce.js';
import { focusErrorSummary } from './errors.js';

/**
 * After htmx swapped results in, say what came («12 cursussen») and leave the focus where the person is. Only when
 * the focused element itself was replaced without a successor of the same id does the focus move to the results.
 */
export function announceResults() {
  let wasSeen = false;
  document.addEventListener('htmx:beforeSwap', () => {
    wasSeen = isSeen(document.activeElement);
  });
  document.addEventListener('htmx:afterSettle', (event) => {
    const swapped = event.detail.elt ?? event.target;
    const results = swapped.closest?.('[data-resultaten]') ?? swapped.querySelector?.('[data-resultaten]');
    focusErrorSummary(swapped);
    if (!results) return;

    const text = results.querySelector('[data-aankondiging]')?.textContent.trim();
    if (text) announce(text);
    // What comes by itself («stil») was not asked for by a click: the focus has nothing to follow.
    if (document.activeElement === document.body && results.dataset.resultaten !== 'stil') {
      results.setAttribute('tabindex', '-1');
      results.focus({ preventScroll: true });
    }
    // What came in above may push the field down in which somebody is typing.
    if (wasSeen && !isSeen(document.activeElement)) document.activeElement.scrollIntoView({ block: 'nearest' });
  });
}

function isSeen(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}
