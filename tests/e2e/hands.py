# SPDX-License-Identifier: EUPL-1.2
"""Two ways to use the product: with a mouse, or with the keyboard alone. Flows are written once for both."""

import datetime as dt

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 250

SEEN = """(element) => {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const label = element.closest('label') || document.querySelector(`label[for="${element.id}"]`);
  const around = label ? getComputedStyle(label) : style;
  const ring = (one) => (one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 2)
    || one.boxShadow !== 'none';
  // A card shows the focus of its link around the whole card; the parts of a native date or time field
  // (segments, the button that opens the picker) have the browser's own mark.
  const card = element.closest('.kaart');
  const native = ['date', 'time'].includes(element.type);
  const onTop = document.elementFromPoint(
    Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1),
    Math.min(Math.max(box.top + Math.min(box.height, 20) / 2, 1), innerHeight - 1));
  return {
    name: element.tagName + ' ' + (element.getAttribute('name') || element.textContent || '').trim().slice(0, 40),
    size: box.width > 0 && box.height > 0,
    inside: box.bottom > 0 && box.top < innerHeight,
    ring: ring(style) || ring(around) || (card && ring(getComputedStyle(card))) || native,
    covered: !(onTop && (element.contains(onTop) || onTop.contains(element) || (label && label.contains(onTop)))),
  };
}"""


class Mouse:
    def __init__(self, page: Page) -> None:
        self.page = page

    def follow(self, name: str, *, within: str = "body") -> None:
        self.page.locator(within).get_by_role("link", name=name).first.click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def set_day(self, label: str, day: dt.date) -> None:
        self.page.get_by_label(label, exact=True).fill(day.isoformat())

    def set_time(self, label: str, time: str) -> None:
        self.page.get_by_label(label, exact=True).fill(time)

    def choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).check()

    def select(self, label: str, position: int) -> None:
        self.page.get_by_label(label, exact=True).select_option(index=position)


class Keyboard(Mouse):
    """Tab, Space, Enter and arrows only. Wherever the focus comes, it must be seen."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.unseen: list[str] = []

    def _walk_to(self, target: Locator) -> None:
        expect(target).to_be_visible()
        handle = target.element_handle()
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement === document.body"):
                continue
            seen = self.page.evaluate(f"({SEEN})(document.activeElement)")
            if not (seen["size"] and seen["inside"] and seen["ring"]) or seen["covered"]:
                self.unseen.append(f"{self.page.url}: {seen}")
            if self.page.evaluate("(one) => one === document.activeElement", handle):
                return
        raise AssertionError(f"the Tab key never came to {target}")

    def follow(self, name: str, *, within: str = "body") -> None:
        self._walk_to(self.page.locator(within).get_by_role("link", name=name).first)
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()

    def press(self, name: str) -> None:
        self._walk_to(self.page.get_by_role("button", name=name).first)
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()

    def write(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label, exact=True)
        if not field.evaluate("(one) => one === document.activeElement"):
            self._walk_to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def set_day(self, label: str, day: dt.date) -> None:
        self._walk_to(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(day.strftime("%m%d%Y"))  # Chromium's own field, in its own order
        assert self.page.get_by_label(label, exact=True).input_value() == day.isoformat()

    def set_time(self, label: str, time: str) -> None:
        self._walk_to(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(dt.time.fromisoformat(time).strftime("%I%M%p"))
        assert self.page.get_by_label(label, exact=True).input_value() == time

    def choose(self, label: str) -> None:
        """Into the group with Tab, along it with the arrows."""
        option = self.page.get_by_label(label, exact=True)
        group = option.get_attribute("name")
        entry = self.page.locator(f"input[name='{group}']:checked")
        self._walk_to(entry if entry.count() else self.page.locator(f"input[name='{group}']").first)
        for _ in range(20):
            if option.is_checked():
                return
            self.page.keyboard.press(
                "Space"
                if option.evaluate("(one) => one === document.activeElement")
                else "ArrowDown"
            )
        raise AssertionError(f"the arrows never came to {label}")

    def select(self, label: str, position: int) -> None:
        self._walk_to(self.page.get_by_label(label, exact=True))
        for _ in range(position):
            self.page.keyboard.press("ArrowDown")
