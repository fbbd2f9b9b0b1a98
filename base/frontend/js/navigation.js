// SPDX-License-Identifier: EUPL-1.2

/** The «Menu» button opens the list of pages; Escape closes it and gives the focus back. */
export function mobileMenu() {
  const button = document.querySelector('[data-menu-knop]');
  const menu = button && document.getElementById(button.getAttribute('aria-controls'));
  if (!menu) return;

  const show = (open) => {
    menu.classList.toggle('is-open', open);
    button.setAttribute('aria-expanded', String(open));
  };
  button.addEventListener('click', () => show(button.getAttribute('aria-expanded') !== 'true'));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && menu.classList.contains('is-open')) {
      show(false);
      button.focus();
    }
  });
}

/** Filters that htmx put in the address after the page came go along to the other language. */
export function languageKeepsFilters() {
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-taal]');
    if (link) link.search = location.search;
  });
}

/** The stylesheet shows the filters there anyhow; now they can be closed as well, and are said to be open. */
export function openFiltersOnWideScreens() {
  if (matchMedia('(max-width: 900px)').matches) return;
  for (const filter of document.querySelectorAll('details[data-filter]')) {
    filter.open = true;
    filter.removeAttribute('data-filter');
  }
}
