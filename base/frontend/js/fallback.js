// SPDX-License-Identifier: EUPL-1.2

/**
 * Every address that htmx asks for is a page as well. When a part does not come (the network was away, the server
 * answered with an error) the whole page is opened instead, which says what is the matter.
 */
export function fallBackToWholePage() {
  for (const name of ['htmx:responseError', 'htmx:sendError', 'htmx:swapError', 'htmx:targetError']) {
    document.addEventListener(name, ({ detail }) => {
      const config = detail.requestConfig;
      if (config?.verb === 'get') location.assign(detail.pathInfo?.finalRequestPath ?? config.path);
    });
  }
}
