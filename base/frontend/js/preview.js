// SPDX-License-Identifier: EUPL-1.2

/**
 * `data-voorbeeld-van="#id_title"` shows what is typed in that field; with more selectors («#id_date, #id_time») the
 * answers are joined by a comma. Empty fields give back the example that the server wrote. Text only, never HTML.
 */
export function livePreview() {
  const mirrors = [...document.querySelectorAll('[data-voorbeeld-van]')].map((element) => ({
    element,
    selector: element.dataset.voorbeeldVan,
    example: element.textContent,
  }));
  if (mirrors.length === 0) return;

  const update = ({ element, selector, example }) => {
    const answers = [...document.querySelectorAll(selector)].map(answer).filter(Boolean);
    element.textContent = answers.length > 0 ? answers.join(', ') : example;
  };
  const updateAll = () => mirrors.forEach(update);
  document.addEventListener('input', updateAll);
  document.addEventListener('change', updateAll);
  updateAll();
}

/** What a field says in words: the label of a choice, a date as «di 13 okt», or the text itself. */
function answer(field) {
  if (field instanceof HTMLSelectElement) return field.value ? field.selectedOptions[0].textContent.trim() : '';
  if (field.type === 'checkbox' || field.type === 'radio') {
    return field.checked ? (field.labels[0]?.textContent.trim() ?? '') : '';
  }
  if (field.type === 'date' && field.value) {
    // Noon keeps the day the same in every time zone.
    const day = new Date(`${field.value}T12:00`);
    const format = { weekday: 'short', day: 'numeric', month: 'short' };
    return new Intl.DateTimeFormat(document.documentElement.lang || 'nl', format).format(day);
  }
  if (field.matches('input, textarea')) return field.value.trim();
  // A group (RadioSelect, CheckboxSelectMultiple): its checked options.
  return [...field.querySelectorAll(':checked')].map(answer).filter(Boolean).join(', ');
}
