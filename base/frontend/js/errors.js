// SPDX-License-Identifier: EUPL-1.2

/** After a refused form the reader starts at the list of what to fix. */
export function focusErrorSummary(root = document) {
  root.querySelector('[data-foutoverzicht]')?.focus();
}
