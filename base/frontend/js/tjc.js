// SPDX-License-Identifier: EUPL-1.2
//
// Progressive enhancement only: every page works without this file. It runs in <head> without `defer`, so that the
// mobile menu never flashes open before it closes; all else waits for the document.

import { copyOnClick } from './copy.js';
import { autosubmit, preventDoubleSubmit } from './forms.js';
import { focusErrorSummary } from './errors.js';
import { languageKeepsFilters, mobileMenu, openFiltersOnWideScreens } from './navigation.js';
import { fallBackToWholePage } from './fallback.js';
import { livePreview } from './preview.js';
import { printOnClick } from './print.js';
import { rememberTyped } from './remember.js';
import { announceResults } from './results.js';
import { saveAsYouGo } from './save.js';

document.documentElement.classList.add('js');

document.addEventListener('DOMContentLoaded', () => {
  mobileMenu();
  openFiltersOnWideScreens();
  languageKeepsFilters();
  focusErrorSummary();
  autosubmit();
  preventDoubleSubmit();
  rememberTyped();
  announceResults();
  fallBackToWholePage();
  copyOnClick();
  livePreview();
  printOnClick();
  saveAsYouGo();
});
