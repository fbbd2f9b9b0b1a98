// SPDX-License-Identifier: EUPL-1.2
//
// Builds base/frontend/dist: one stylesheet (NL Design System components under the TrainJeCollega theme), one script,
// the fonts (of the page, and as TrueType for what typst prints), the favicon and the outlines of the provinces for the reach map. Started by `npm run build`.

import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const modules = join(root, 'node_modules');
const scratch = join(here, '.build');
const published = join(here, 'dist');
// Made here and moved at the end, so that a running server never sees half a build.
const dist = join(scratch, 'dist');

// First choice: NL Design System candidates; Utrecht's components fill the gaps. Their package `exports` hide the css
// files, hence paths into node_modules.
const nlds = [
  ...['button', 'heading', 'number-badge', 'skip-link'].map(
    (name) => `@nl-design-system-candidate/${name}-css/dist/${name}.css`,
  ),
  ...[
    'form-field',
    'form-field-description',
    'form-field-error-message',
    'form-fieldset',
    'form-label',
    'pagination',
    'select',
    'table',
    'textarea',
    'textbox',
  ].map((name) => `@utrecht/${name}-css/dist/index.css`),
].map((path) => join(modules, path));

const limits = { 'tjc.css': 25 * 1024, 'first visit': 130 * 1024 };

// htmx comes from django-htmx and the HTML from Django, so their share of a first visit is a fixed allowance here.
const elsewhere = { 'htmx (django-htmx)': 16.6 * 1024, 'HTML of a full catalogue page': 9 * 1024 };

const read = (path) => readFileSync(path, 'utf8');
const ownStyles = () =>
  ['tokens.css', 'basis.css', ...readdirSync(join(here, 'components')).map((name) => join('components', name))]
    .map((path) => read(join(here, path)))
    .join('\n');

// The neutral theme holds 2,780 tokens (208 KB). Keep those that the chosen components and our own css use, also
// through each other, minus those that our theme sets itself.
function pruneTokens() {
  const used = (css) => [...css.matchAll(/var\(\s*(--[\w-]+)/g)].map((match) => match[1]);
  const declared = (css) => new Map([...css.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((match) => [match[1], match[2]]));

  const theme = declared(read(join(modules, '@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css')));
  const ours = declared(read(join(here, 'tokens.css')));
  const kept = new Set();
  const queue = used([...nlds.map(read), ownStyles()].join('\n'));
  while (queue.length > 0) {
    const token = queue.pop();
    if (!kept.has(token) && !ours.has(token) && theme.has(token)) {
      kept.add(token);
      queue.push(...used(theme.get(token)));
    }
  }
  const lines = [...kept].sort().map((token) => `${token}:${theme.get(token)}`);
  writeFileSync(join(scratch, 'nlds-tokens.css'), `:root{${lines.join(';')}}`);
  return `${kept.size} of ${theme.size} theme tokens kept`;
}

// Element selectors (basis) must lie under the components, our own rules above them: hence the layer order.
function writeEntry() {
  const from = (path) => relative(scratch, path);
  const lines = [
    '@layer tokens, basis, nlds, tjc;',
    `@import "${from(join(here, 'fonts.css'))}";`,
    '@import "./nlds-tokens.css" layer(tokens);',
    `@import "${from(join(here, 'tokens.css'))}" layer(tokens);`,
    `@import "${from(join(here, 'basis.css'))}" layer(basis);`,
    ...nlds.map((path) => `@import "${from(path)}" layer(nlds);`),
    `@import "${from(join(here, 'components', 'index.css'))}" layer(tjc);`,
  ];
  writeFileSync(join(scratch, 'tjc.css'), `${lines.join('\n')}\n`);
}

// typst reads TrueType and OpenType only, and no variable fonts.
function copyPaperFonts() {
  const packages = { figtree: ['400Regular', '600SemiBold', '700Bold'], 'bricolage-grotesque': ['700Bold'] };
  for (const [name, weights] of Object.entries(packages)) {
    const from = join(modules, '@expo-google-fonts', name);
    mkdirSync(join(dist, 'papier', name), { recursive: true });
    for (const file of ['LICENSE_FONT', ...weights.map((weight) => join(weight, `${ttf(name)}_${weight}.ttf`))]) {
      copyFileSync(join(from, file), join(dist, 'papier', name, basename(file)));
    }
  }
}

const ttf = (name) => name.replace(/(^|-)(\w)/g, (_, _dash, letter) => letter.toUpperCase());

async function writeProvinces() {
  const require = createRequire(import.meta.url);
  const map = (await import(require.resolve('@svg-maps/netherlands'))).default;
  writeFileSync(join(dist, 'nl-provincies.json'), JSON.stringify({ viewBox: map.viewBox, locations: map.locations }));
}

function report(tokens) {
  const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
  const gzip = (name) => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;
  for (const name of ['tjc.css', 'tjc.js']) {
    const bytes = readFileSync(join(dist, name));
    console.log(`${name}: ${kb(bytes.length)}, gzip ${kb(gzip(name))}, brotli ${kb(brotliCompressSync(bytes).length)}`);
  }
  const preloaded = readdirSync(join(dist, 'fonts')).filter((name) => name.includes('-latin-wght-'));
  const fonts = preloaded.reduce((sum, name) => sum + statSync(join(dist, 'fonts', name)).size, 0);
  const own = gzip('tjc.css') + gzip('tjc.js') + fonts;
  const visit = Object.values(elsewhere).reduce((sum, size) => sum + size, own);
  console.log(`fonts on a first visit: ${kb(fonts)} (${preloaded.join(', ')})`);
  console.log(`first visit, with ${Object.keys(elsewhere).join(' and ')}: ${kb(visit)}`);
  console.log(tokens);
  if (gzip('tjc.css') > limits['tjc.css'] || visit > limits['first visit']) {
    console.error(`Too heavy: tjc.css may be ${kb(limits['tjc.css'])} gzip, a first visit ${kb(limits['first visit'])}.`);
    process.exitCode = 1;
  }
}

rmSync(scratch, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const tokens = pruneTokens();
writeEntry();

const shared = {
  bundle: true,
  minify: true,
  outdir: dist,
  logLevel: 'warning',
  target: ['chrome111', 'firefox113', 'safari16.4'],
};
await build({
  ...shared,
  entryPoints: { tjc: join(scratch, 'tjc.css') },
  loader: { '.woff2': 'file' },
  // No hash in the names: Django's manifest storage adds its own, and the templates preload the fonts by name.
  assetNames: 'fonts/[name]',
});
await build({ ...shared, entryPoints: { tjc: join(here, 'js', 'tjc.js') }, format: 'iife' });
writeFileSync(join(dist, 'favicon.svg'), read(join(here, 'favicon.svg')));
copyPaperFonts();
await writeProvinces();
report(tokens);
rmSync(published, { recursive: true, force: true });
renameSync(dist, published);
