// Looks at the pages that `tests/page/in_a_browser.rs` has written, in one Chromium: `node checks.mjs FOLDER PACKAGES`.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Chromium } from './chromium.mjs';
import { outline } from './outline.mjs';

const [folder, packages] = process.argv.slice(2);
const file = (name) => join(folder, name);
const texts = JSON.parse(readFileSync(file('texts.json'), 'utf8'));
const axe = readFileSync(join(packages, 'axe-core', 'axe.min.js'), 'utf8');
const WIDTHS = [320, 768, 820, 1024, 1100, 1440];
const SCHEMES = ['light', 'dark'];

let chromium;
let tab;

before(async () => {
  chromium = new Chromium(process.env.CHROMIUM ?? 'chromium');
  tab = await chromium.tab();
});
after(() => chromium.close());

/** Opens a page as somebody would who has just been sent it. */
async function open(name, { width = 1440, scheme = 'light', script = true, fragment = '' } = {}) {
  await tab.size(width);
  await tab.scheme(scheme);
  await tab.script(script);
  await tab.open(file(name), fragment);
}

/** Nothing was said on the console, no policy was broken, and nothing was asked for but the page. */
function assertQuiet(name) {
  assert.deepEqual(tab.complaints, [], name);
  assert.deepEqual(tab.requests.filter((url) => !url.endsWith(`/${name}`) && !url.includes(`/${name}#`)), [], name);
}

const count = () => tab.run(`document.getElementById('count').textContent`);
const address = () => tab.run('decodeURIComponent(location.hash)');
const column = (number) =>
  tab.run(`[...document.querySelectorAll('#shown tbody tr')].map((row) => row.cells[${number}].textContent)`);

async function filter(text) {
  await tab.call((words) => {
    const input = document.getElementById('filter');
    input.value = words;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, text);
  await settled();
}

/** Waits until the page has shown what it was asked for: it does so at once, but for words that are still typed. */
async function settled(look = () => {}) {
  await tab.run(`new Promise((done) => setTimeout(() => requestAnimationFrame(done), 160))`);
  return look();
}

const choose = (number, word) =>
  tab.call(
    (column, value) => {
      const select = document.getElementById(`choice-${column}`);
      select.value = value;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    },
    number,
    word,
  );
const click = (selector) => tab.call((wanted) => document.querySelector(wanted).click(), selector);

test('a page asks for nothing, says nothing on the console and fits every width, light and dark, with and without script', async () => {
  for (const name of ['report-0.html', 'report-1.html', 'report-10.html', 'report-1234.html', 'long.html']) {
    for (const script of [true, false]) {
      await open(name, { script });
      // Laying out a page of nothing but such texts anew takes a second each time.
      for (const width of name === 'long.html' ? [] : WIDTHS) {
        await tab.size(width);
        const wide = await tab.run('document.documentElement.scrollWidth');
        assert.ok(wide <= width, `${name} is ${wide} wide on ${width}, script ${script}`);
      }
      for (const scheme of SCHEMES) {
        await tab.scheme(scheme);
        const paper = await tab.run('getComputedStyle(document.body).backgroundColor');
        assert.equal(paper === 'rgb(255, 255, 255)', scheme === 'light', paper);
      }
      assertQuiet(name);
      // Nor when it is opened where it is narrow.
      await open(name, { script, width: 320 });
      assert.ok((await tab.run('document.documentElement.scrollWidth')) <= 320, name);
    }
  }
});

test('what a cell, a name or a server says is shown as text, in every text of a page', async () => {
  const unsafe = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
  const shown = (text) => text.replace(unsafe, (letter) => (/[\s\x85]/.test(letter) && letter !== '\ufeff' ? ' ' : '\ufffd'));
  for (const script of [true, false]) {
    await open('harmless.html', { script });
    const harmless = await tab.call(outline);
    assert.ok(harmless.split(texts.harmless).length > 60, harmless);
    for (const [number, text] of texts.hostile.entries()) {
      const name = `hostile-${number}.html`;
      await open(name, { script });
      const found = await tab.call(outline);
      const wanted = harmless.replaceAll(texts.harmless, () => JSON.stringify(shown(text)).slice(1, -1));
      assert.equal(found, wanted, JSON.stringify(text));
      if (script) await use(text, shown(text));
      assertQuiet(name);
    }
  }
});

/** Filters by the text, sorts by every column, and prints: the script writes cells in each of these. */
async function use(text, shown) {
  assert.deepEqual(await column(0), [shown, shown, shown], text);
  for (const number of [1, 2, 3, 4]) await click(`#shown th:nth-child(${number}) button`);
  await choose(1, shown);
  assert.match(await count(), /^2 of 3 rows found/, text);
  await click('#clear');
  await click('.causes a');
  assert.equal(await settled(() => tab.run(`document.getElementById('choice-1').value`)), shown);
  assert.match(await count(), /^2 of 3 rows found/, text);
  await click('#clear');
  if (!/["\s]/.test(shown)) {
    await filter(shown);
    assert.match(await count(), /^3 of 3 rows found/, text);
  }
}

test('a cell of 32,765 letters is cut on the screen and can be shown whole', async () => {
  await open('long.html');
  assert.equal(await tab.run(`document.querySelector('#shown td .tall').textContent`), texts.long);
  const height = `document.querySelector('#shown tbody tr').offsetHeight`;
  const cut = await tab.run(height);
  assert.ok(cut < 400, `${cut}`);
  await click('#shown td:first-child button');
  assert.ok((await tab.run(height)) > 3 * cut);
});

test('words, choices and sorting find rows among all of them, and the address brings them back', async () => {
  await open('report-1234.html');
  assert.equal(await count(), '1,234 rows, 1 to 500 shown.');
  assert.equal((await column(0)).length, 500);

  // Accents and case make no difference; words may stand in different columns.
  await filter('lukasz NOT_FOUND');
  const names = await column(2);
  assert.ok(names.length > 0 && names.every((name) => name === 'Łukasz Żółć'), names.join());
  await filter('zolc seats_exceeded');
  assert.ok((await column(2)).every((name) => name === 'Łukasz Żółć'));
  await filter('"no seat of ATTUNU"');
  const short = await column(5);
  assert.ok(short.length > 0 && short.every((status) => status === 'conflict'));
  await filter('<td');
  assert.equal(await count(), '0 of 1,234 rows found.');
  assert.equal((await column(0)).length, 0);

  await filter('');
  await choose(5, 'conflict');
  const all = (await column(5)).length;
  assert.equal(await count(), `${all} of 1,234 rows found.`);
  await filter('greek nobody');
  assert.equal(await count(), '0 of 1,234 rows found.');
  await filter('');

  // By numbers, up and down.
  await click('#shown th:nth-child(12) button');
  const up = (await column(11)).map(Number);
  assert.deepEqual(up, up.toSorted((one, other) => one - other));
  await click('#shown th:nth-child(12) button');
  assert.deepEqual((await column(11)).map(Number), up.toReversed());
  assert.match(await count(), /, sorted by milliseconds, descending\.$/);
  assert.equal(await tab.run(`document.querySelector('#shown th:nth-child(12)').ariaSort`), 'descending');
  assert.equal(await tab.run(`document.querySelectorAll('[aria-sort]').length`), 1);
  assert.equal(await address(), '#column-6=conflict&sort=-12');

  // By moments.
  await click('#shown th:nth-child(11) button');
  const moments = await column(10);
  assert.ok(moments.every((moment) => /^2026-11-29 \d\d:\d\d:\d\dZ$/.test(moment)), moments[0]);
  assert.deepEqual(moments, moments.toSorted());
  await click('#shown th:nth-child(12) button');
  await click('#shown th:nth-child(12) button');

  // The address, opened by somebody else.
  const found = await column(0);
  await open('report-1234.html', { fragment: '#column-6=conflict&sort=-12' });
  assert.deepEqual(await column(0), found);
  assert.equal(await tab.run(`document.getElementById('choice-5').value`), 'conflict');

  await click('#clear');
  assert.equal(await count(), '1,234 rows, 1 to 500 shown.');
  assert.equal(await tab.run('document.activeElement.id'), 'filter');

  // What makes no sense is passed over.
  await open('report-1234.html', { fragment: '#column-6=nothing&column-99=x&sort=abc&page=-7&words' });
  assert.equal(await count(), '1,234 rows, 1 to 500 shown.');
  await open('report-1234.html', { fragment: '#page=99&sort=77' });
  assert.equal(await count(), '1,234 rows, 1,001 to 1,234 shown.');
  assertQuiet('report-1234.html');
});

test('empty cells come last whichever way a column is sorted', async () => {
  await open('report-1234.html');
  for (let turn = 0; turn < 2; turn += 1) {
    await click('#shown th:nth-child(8) button');
    const first = await column(7);
    assert.notEqual(first[0], '');
    await click('.pager [data-go=last]');
    assert.equal((await column(7)).at(-1), '');
  }
});

test('a cause leads to its rows, and back', async () => {
  await open('report-1234.html');
  await click('.causes a');
  await settled(() => count());
  assert.ok((await column(6)).every((code) => code === 'user_not_found'));
  assert.equal(await tab.run('document.activeElement.id'), 'table-heading');
  await tab.run('history.back()');
  assert.equal(await settled(() => count()), '1,234 rows, 1 to 500 shown.');
  // Skipping to the rows leaves them as they are.
  await filter('lukasz zolc');
  await filter('żółć');
  const found = await count();
  await click('.skip');
  assert.equal(await settled(() => count()), found);
});

test('pages turn by keyboard alone, and the focus is never lost', async () => {
  await open('report-1234.html');
  await tab.press('Tab');
  assert.equal(await tab.run('document.activeElement.className'), 'skip');
  await tab.press('Enter', 'Enter', '\r');
  const seen = new Set();
  const focused = `(() => { const at = document.activeElement; return at.id || at.dataset.go || at.textContent; })()`;
  for (let step = 0; step < 40 && !seen.has('next'); step += 1) {
    await tab.press('Tab');
    seen.add(await tab.run(focused));
    const outline = await tab.run('getComputedStyle(document.activeElement).outlineStyle');
    assert.equal(outline, 'solid', await tab.run(focused));
  }
  for (const wanted of ['filter', 'choice-5', 'choice-6', 'next']) assert.ok(seen.has(wanted), [...seen].join());
  await tab.press('Enter', 'Enter', '\r');
  assert.equal(await count(), '1,234 rows, 501 to 1,000 shown.');
  assert.equal(await tab.run(focused), 'next');
  await tab.press('Enter', 'Enter', '\r');
  assert.equal(await count(), '1,234 rows, 1,001 to 1,234 shown.');
  // The button has been switched off by its own doing.
  assert.equal(await tab.run(focused), 'table-heading');
  await click('.pager [data-go=first]');
  // A header sorts by the space bar.
  await tab.run(`document.querySelector('#shown th button').focus()`);
  await tab.press(' ', 'Space', ' ');
  assert.match(await count(), /sorted by row, ascending/);
});

test('without script every row is there to be read, and nothing that would need one', async () => {
  await open('report-1234.html', { script: false });
  const rows = `[...document.querySelectorAll('noscript tbody tr')]`;
  assert.equal(await tab.run(`${rows}.length`), 1234);
  assert.deepEqual(await tab.run(`${rows}.at(-1).cells[0].textContent`), '1235');
  const shown = await tab.run(
    `[...document.querySelectorAll('button, input, select, .with-script')].filter((one) => one.checkVisibility()).length`,
  );
  assert.equal(shown, 0);
  assert.equal(await tab.run(`document.querySelector('noscript').checkVisibility()`), true);
});

test('pages of no row, of one and of ten have no more to click than makes sense', async () => {
  await open('report-0.html');
  assert.equal(await tab.run(`document.querySelector('#table p').textContent`), 'There are no rows.');
  assert.equal(await tab.run(`document.querySelector('#shown')`), null);
  await open('report-1.html');
  assert.equal(await count(), '1 row.');
  await open('report-10.html');
  assert.equal(await count(), '10 rows.');
  assert.ok(await tab.run(`[...document.querySelectorAll('.pager')].every((pager) => !pager.checkVisibility())`));
});

test('names in five scripts are written as they are, and each in its own direction', async () => {
  for (const script of [true, false]) {
    await open('report-10.html', { script });
    const table = script ? '#shown' : 'noscript table';
    const names = await tab.run(
      `[...document.querySelectorAll('${table} tbody tr')].map((row) => row.cells[2].textContent)`,
    );
    assert.deepEqual(names.slice(3, 9), ['Дмитрий Щербаков', 'नीलम क्‍षत्रिय', '小明 王', '山田 花子', 'محمد عبد الله', 'שָׁלוֹם כהן']);
    const bidi = `getComputedStyle(document.querySelector('${table} td')).unicodeBidi`;
    assert.equal(await tab.run(bidi), 'plaintext');
  }
});

test('on a phone a row is a card, with its headers beside its cells and buttons to sort above', async () => {
  for (const script of [true, false]) {
    await open('report-10.html', { width: 320, script });
    const table = script ? '#shown' : 'noscript table';
    const cards = await tab.run(`[...document.querySelectorAll('${table} tbody tr')].map((row) => row.offsetHeight)`);
    // Eleven cells, of which one or the other takes two lines or, for a message, five.
    assert.ok(cards.every((height) => height > 150 && height < 420), cards.join());
    const label = `getComputedStyle(document.querySelector('${table} tbody tr').cells[2], '::before').content`;
    assert.equal(await tab.run(label), '"name"');
    const buttons = await tab.run(
      `[...document.querySelectorAll('#shown th button')].filter((one) => one.checkVisibility()).map((one) => one.offsetHeight)`,
    );
    assert.equal(buttons.length, script ? 11 : 0);
    assert.ok(buttons.every((height) => height < 50), buttons.join());
  }
});

test('a screen reader has a table of rows, sorted columns and labelled pictures, on a phone as well', async () => {
  for (const [width, script] of [
    [1440, true],
    [320, true],
    [320, false],
  ]) {
    await open('report-10.html', { width, script });
    const { nodes } = await tab.send('Accessibility.getFullAXTree');
    const roles = new Map();
    for (const { role, ignored } of nodes) if (!ignored) roles.set(role.value, (roles.get(role.value) ?? 0) + 1);
    // Those of the seats and of the rows, each with its header.
    assert.equal(roles.get('table'), 2, `${width}`);
    assert.equal(roles.get('row'), 5 + 1 + 10 + 1);
    assert.ok(roles.get('columnheader') >= 6 + 11, `${roles.get('columnheader')}`);
    assert.equal(roles.get('rowheader'), 5);
    const pictures = nodes.filter(({ role }) => role?.value === 'image' || role?.value === 'img').map(({ name }) => name.value);
    assert.ok(pictures.includes('Automation Developer – Named User: taken before 31, after 28, of 40 seats'), pictures.join());
    assert.equal(roles.get('heading') >= 8, true);
    if (script) assert.equal(roles.get('status'), 1);
  }
});

test('axe finds nothing, light and dark, wide and narrow, with and without script', async () => {
  const looks = [
    { script: true, scheme: 'light', width: 1440 },
    { script: true, scheme: 'dark', width: 320 },
    { script: false, scheme: 'dark', width: 1440 },
    { script: false, scheme: 'light', width: 320 },
  ];
  for (const look of looks) {
    await open('report-500.html', look);
    // Without script there is no axe either. The page is read by now, and stays as it is.
    await tab.script(true);
    assert.equal(await tab.run(`document.getElementById('rows').checkVisibility()`), !look.script);
    await tab.run(axe);
    const found = await tab.run(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html).join(' | ')))`);
    assert.deepEqual(found, [], JSON.stringify(look));
  }
});

test('on paper there is all that is worth it, to the last column, and the page says what is left out', async () => {
  for (const script of [true, false]) {
    for (const scheme of SCHEMES) {
      await open('report-1234.html', { scheme, script });
      const text = await printed(`report-${script}-${scheme}.pdf`);
      // Upright paper would be 842 high.
      assert.match(text.pages, /Page size: +84\d\.?\d* x 59\d/);
      assert.ok(text.count >= 5 && text.count <= 25, `${text.count} pages`);
      for (const wanted of ['954 of 1,000 rows are done', 'Nobody has the address', '8 too few', 'milliseconds']) {
        assert.ok(text.plain.includes(wanted), `${wanted}: ${text.plain.slice(0, 3000)}`);
      }
      assert.match(text.plain, /On paper: the first 100 of 1,234 rows, and all that need somebody\./);
      // The last column of the first row, and the last row that needs somebody.
      assert.match(text.plain, /person\.99@/);
      assert.ok(!/person\.100@/.test(text.plain));
      assert.match(text.plain.replace(/\s+/g, ''), /person\.1226@acme\.example|person\.1226@/);
      // What was folded away.
      for (const wanted of ['waited for the', '2 min 10 s', 'reseat run joiners.failed.csv']) {
        assert.ok(text.plain.includes(wanted), wanted);
      }
      // Nothing to click.
      assert.ok(!/Show all rows|Previous|Show these rows|Filter/.test(text.plain));
    }
  }
});

test('what was filtered and sorted is what is printed, and the page is as it was afterwards', async () => {
  await open('report-1234.html', { fragment: '#column-6=waiting&sort=-1' });
  const before = await tab.call(outline);
  const text = await printed('filtered.pdf');
  assert.match(text.plain.replace(/\s+/g, ' '), /On paper: \d+ of these\. \d+ of 1,234 rows found, sorted by row, descending\. status: waiting\./);
  assert.ok(!text.plain.includes('not_found'));
  assert.equal(await tab.call(outline), before);
});

async function printed(name) {
  const path = file(name);
  writeFileSync(path, await tab.pdf());
  const tool = (program, ...rest) => execFileSync(program, rest, { encoding: 'utf8' });
  const pages = tool('pdfinfo', path);
  return { pages, count: Number(/Pages: +(\d+)/.exec(pages)[1]), plain: tool('pdftotext', '-layout', path, '-') };
}
