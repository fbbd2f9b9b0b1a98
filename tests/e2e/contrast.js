// SPDX-License-Identifier: EUPL-1.2
//
// axe cannot decide the contrast of text in SVG, or of text that a scroll box hides at this width. This computes it:
// the colour of the text against what is painted under it. Takes axe's targets, gives back those that fail.
(targets) => {
  const LEAST = 4.5;
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });

  /** [red, green, blue, alpha], whatever notation the style uses. */
  function parse(colour) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  }

  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);

  function luminance(colour) {
    const [red, green, blue] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function ratio(one, other) {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  }

  /** The shapes of the same drawing that were painted under the middle of this text, lowest first. */
  function shapesUnder(text) {
    const box = text.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    return [...text.ownerSVGElement.querySelectorAll('rect, circle, ellipse, path, polygon')].filter((shape) => {
      const before = shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
      const { left, right, top, bottom } = shape.getBoundingClientRect();
      return before && left <= x && x <= right && top <= y && y <= bottom && getComputedStyle(shape).fill !== 'none';
    });
  }

  /** What lies under an element, or a word that says why it cannot be known. */
  function background(element) {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.backgroundImage !== 'none') return `picture under it (${one.className || one.tagName})`;
      const colour = parse(style.backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255, 1]);
  }

  const holdsText = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const failures = [];
  for (const target of targets) {
    const root = document.querySelector(target);
    for (const element of [root, ...root.querySelectorAll('*')].filter(holdsText)) {
      const style = getComputedStyle(element);
      const drawn = element instanceof SVGElement;
      let under = background(element);
      if (typeof under === 'string') {
        failures.push(`${target}: ${under}`);
        continue;
      }
      if (drawn) for (const shape of shapesUnder(element)) under = over(parse(getComputedStyle(shape).fill), under);
      const colour = over(parse(drawn ? style.fill : style.color), under);
      const found = ratio(colour, under);
      if (found < LEAST) failures.push(`${target}: ${found.toFixed(2)} «${element.textContent.trim().slice(0, 30)}»`);
    }
  }
  return failures;
}
