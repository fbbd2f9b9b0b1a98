// SPDX-License-Identifier: EUPL-1.2

/** Let screen readers say a text when they are ready. The element stands in page.html, empty from the start. */
export function announce(text) {
  const region = document.getElementById('aankondiging');
  if (!region) return;
  region.textContent = '';
  // The same text twice is no change, and no change is not read out; hence first empty, then filled a moment later.
  setTimeout(() => {
    region.textContent = text;
  }, 60);
}
