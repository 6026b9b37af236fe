'use strict';
(() => {
  const PAGE = 500;
  const store = document.getElementById('rows');
  const view = document.getElementById('view');
  document.documentElement.classList.add('js');
  if (!store || !view) return;

  // A browser with script leaves what stands in the noscript as text: a row is a line, and its cells are still escaped.
  const lines = store.textContent.split('\n').filter((line) => line.startsWith('<tr'));
  const table = document.getElementById('shown');
  const body = table.tBodies[0];
  const headers = [...table.tHead.rows[0].cells];
  const kinds = headers.map((header) => header.dataset.kind);
  const names = headers.map((header) => header.textContent);
  const empty = new Set(view.dataset.empty.split(' ').filter(Boolean).map(Number));
  const input = document.getElementById('filter');
  const choices = [...view.querySelectorAll('select')];
  const clear = document.getElementById('clear');
  const count = document.getElementById('count');
  const pagers = [...view.querySelectorAll('.pager')];
  const heading = document.getElementById('table-heading');

  const state = { filter: '', chosen: new Map(), column: -1, down: false, page: 0 };
  let matching = null;
  let visible = [];

  const number = (value) => value.toLocaleString('en');
  const rowsOf = (value) => `${number(value)} ${value === 1 ? 'row' : 'rows'}`;
  const decode = (text) =>
    text.includes('&') ? text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))) : text;
  // Letters that are no other letter with an accent, and are typed as one all the same.
  const PLAIN = { ł: 'l', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i' };
  const fold = (text) => {
    const lower = text.toLowerCase();
    if (!/[^\x00-\x7f]/.test(lower)) return lower;
    const bare = lower.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
    return bare.replace(/[łøđðþßæœı]/g, (letter) => PLAIN[letter]);
  };

  /** The text of one cell, without taking the others apart. */
  function cell(row, column) {
    const line = lines[row];
    let start = -1;
    for (let passed = 0; passed <= column; passed += 1) start = line.indexOf('<td', start + 1);
    start = line.indexOf('>', start) + 1;
    return decode(line.slice(start, line.indexOf('<', start)));
  }

  /** The cells of a row, each as what follows `<td`. */
  const parts = (line) => line.slice(0, -'</tr>'.length).split('<td').slice(1);
  const cells = (line) => parts(line).map((part) => decode(part.slice(part.indexOf('>') + 1)));

  /** The words of a filter; what is in quotation marks is one. */
  function words(filter) {
    const found = filter.match(/"[^"]*"|\S+/g) ?? [];
    return found.map((word) => fold(word.replaceAll('"', ''))).filter(Boolean);
  }

  const folded = [];
  const encode = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
  /** Whether a row has a word. Taking rows apart takes long, so only those are that have it somewhere in their line. */
  function has(row, word, encoded) {
    folded[row] ??= fold(lines[row]);
    return folded[row].includes(encoded) && decode(folded[row].replace(/<[^>]*>/g, '\n')).includes(word);
  }

  const sorted = new Map();
  /** The order of all rows by a column, the empty ones last. */
  function order(column) {
    if (sorted.has(column)) return sorted.get(column);
    const rows = Uint32Array.from(lines, (_, row) => row);
    const kind = kinds[column];
    if (kind === 'number' || kind === 'moment') {
      const value = kind === 'number' ? (text) => Number(text.replaceAll(',', '')) : (text) => Date.parse(text.replace(' ', 'T'));
      const keys = Float64Array.from(lines, (_, row) => {
        const text = cell(row, column);
        const key = text === '' ? NaN : value(text);
        return Number.isNaN(key) ? Infinity : key;
      });
      rows.sort((one, other) => (keys[one] === keys[other] ? one - other : keys[one] - keys[other]));
    } else if (column >= 0) {
      const keys = Array.from(lines, (_, row) => fold(cell(row, column)) || '\uffff');
      rows.sort((one, other) => (keys[one] < keys[other] ? -1 : keys[one] > keys[other] ? 1 : one - other));
    }
    sorted.clear();
    sorted.set(column, rows);
    return rows;
  }

  function find() {
    const wanted = words(state.filter).map((word) => [word, encode(word)]);
    const chosen = [...state.chosen];
    let rows = order(state.column);
    if (state.down) {
      const isEmpty = (row) => cell(row, state.column) === '';
      let filled = rows.length;
      while (filled > 0 && isEmpty(rows[filled - 1])) filled -= 1;
      const turned = rows.slice(0, filled).reverse();
      rows = Uint32Array.from([...turned, ...rows.slice(filled)]);
    }
    matching =
      wanted.length || chosen.length
        ? rows.filter(
            (row) =>
              chosen.every(([column, word]) => cell(row, column) === word) &&
              wanted.every(([word, encoded]) => has(row, word, encoded)),
          )
        : rows;
  }

  function makeCell(text, tone) {
    const made = document.createElement('td');
    if (tone) made.className = tone;
    if (text.length <= 600) {
      // Addresses and codes are better broken here than anywhere.
      const pieces = text.split(/(?<=[@_])/);
      made.append(pieces[0], ...pieces.slice(1).flatMap((piece) => [document.createElement('wbr'), piece]));
      return made;
    }
    const tall = document.createElement('div');
    tall.className = 'tall';
    tall.textContent = text;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = `Show all ${number(text.length)} characters`;
    button.addEventListener('click', () => {
      tall.className = '';
      button.remove();
    });
    made.append(tall, button);
    return made;
  }

  function makeRow(line) {
    const row = document.createElement('tr');
    for (const [column, part] of parts(line).entries()) {
      const end = part.indexOf('>');
      const made = makeCell(decode(part.slice(end + 1)), part.slice(0, end).replace(' class=', ''));
      made.hidden = empty.has(column);
      row.append(made);
    }
    return row;
  }

  function show() {
    const pages = Math.max(1, Math.ceil(matching.length / PAGE));
    state.page = Math.min(Math.max(0, state.page), pages - 1);
    const first = state.page * PAGE;
    const rows = matching.slice(first, first + PAGE);
    visible = rows;
    widen(rows);
    body.replaceChildren(...Array.from(rows, (row) => makeRow(lines[row])));
    for (const [column, header] of headers.entries()) {
      header.hidden = empty.has(column);
      if (column === state.column) header.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
      else header.removeAttribute('aria-sort');
    }
    for (const pager of pagers) {
      pager.hidden = pages === 1;
      pager.querySelector('span').textContent = `Page ${number(state.page + 1)} of ${number(pages)}`;
      for (const button of pager.querySelectorAll('button')) {
        const isBack = button.dataset.go === 'first' || button.dataset.go === 'previous';
        button.disabled = isBack ? state.page === 0 : state.page === pages - 1;
      }
    }
    const isFiltered = state.filter !== '' || state.chosen.size > 0;
    clear.disabled = !isFiltered && state.column < 0;
    count.textContent = told(rows.length, first, isFiltered);
  }

  /** Makes columns as wide as their longest words, as far as there is room: on their own, tables tear them apart. */
  function widen(rows) {
    const longest = names.map((name) => name.length + 2);
    for (const row of rows) {
      for (const [column, text] of cells(lines[row]).entries()) {
        // What is a word here is not broken by `makeCell` or the browser. A choice has a shape before it.
        const before = kinds[column] === 'choice' ? 2 : 0;
        for (const word of text.split(/[\s@_]/)) {
          const capitals = word === word.toLowerCase() ? 0 : word.replace(/\P{Lu}/gu, '').length;
          longest[column] = Math.max(longest[column], word.length + capitals * 0.25 + before);
        }
      }
    }
    // A letter is about so wide, and a cell has some padding. Some room is left to the column with the longest texts. The
    // style has a least width for every cell, below which no column gets, whatever its header asks for.
    for (const header of headers) header.style.minWidth = '';
    const least = headers.map((header) => parseFloat(getComputedStyle(header).minWidth) || 0);
    const em = parseFloat(getComputedStyle(table).fontSize);
    const width = (column, most) =>
      empty.has(column) ? 0 : Math.max(least[column], (Math.min(longest[column], most) * 0.56 + 0.9) * em);
    const fits = (most) => names.reduce((sum, _, column) => sum + width(column, most), 3 * em) <= view.clientWidth;
    const most = [40, 32, 26, 22, 18, 15, 12].find(fits);
    for (const [column, header] of headers.entries()) header.style.minWidth = most ? `${width(column, most)}px` : '';
  }

  function told(shown, first, isFiltered) {
    const found = isFiltered
      ? `${number(matching.length)} of ${rowsOf(lines.length)} found`
      : rowsOf(lines.length);
    const part = shown < matching.length ? `, ${number(first + 1)} to ${number(first + shown)} shown` : '';
    const by = state.column < 0 ? '' : `, sorted by ${names[state.column]}, ${state.down ? 'descending' : 'ascending'}`;
    return `${found}${part}${by}.`;
  }

  /** Keeps in the address what is shown, so that it can be bookmarked and sent. */
  function remember() {
    const parameters = new URLSearchParams();
    if (state.filter) parameters.set('words', state.filter);
    for (const [column, word] of state.chosen) parameters.set(`column-${column + 1}`, word);
    if (state.column >= 0) parameters.set('sort', `${state.down ? '-' : ''}${state.column + 1}`);
    if (state.page > 0) parameters.set('page', state.page + 1);
    history.replaceState(null, '', `#${parameters.size ? parameters : 'all'}`);
  }

  /** What the address asks for. A cause asks for one of its rows' words: where that can be chosen, it is. */
  function recall() {
    const parameters = new URLSearchParams(location.hash.slice(1));
    const word = parameters.get('filter');
    state.filter = parameters.get('words') ?? '';
    state.chosen.clear();
    for (const select of choices) {
      const column = Number(select.dataset.column);
      const offered = [...select.options].map((option) => option.value);
      const wanted = parameters.get(`column-${column + 1}`) ?? (state.chosen.size ? null : word);
      if (wanted && offered.includes(wanted)) state.chosen.set(column, wanted);
      select.value = state.chosen.get(column) ?? '';
    }
    if (word && !state.chosen.size) state.filter = `"${word.replaceAll('"', '" "')}"`;
    input.value = state.filter;
    const sort = Number(parameters.get('sort'));
    const isColumn = Number.isInteger(sort) && sort !== 0 && Math.abs(sort) <= headers.length;
    state.column = isColumn ? Math.abs(sort) - 1 : -1;
    state.down = isColumn && sort < 0;
    state.page = (Number.parseInt(parameters.get('page'), 10) || 1) - 1;
    return state.filter !== '' || state.chosen.size > 0 || isColumn || state.page > 0;
  }

  function change() {
    find();
    show();
    remember();
  }

  let pause = 0;
  input.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      state.filter = input.value.trim();
      state.page = 0;
      change();
    }, 150);
  });
  for (const select of choices) {
    select.addEventListener('change', () => {
      const column = Number(select.dataset.column);
      if (select.value) state.chosen.set(column, select.value);
      else state.chosen.delete(column);
      state.page = 0;
      change();
    });
  }
  clear.addEventListener('click', () => {
    Object.assign(state, { filter: '', column: -1, down: false, page: 0 });
    state.chosen.clear();
    input.value = '';
    for (const select of choices) select.value = '';
    change();
    input.focus();
  });
  for (const [column, header] of headers.entries()) {
    header.querySelector('button').addEventListener('click', () => {
      state.down = state.column === column && !state.down;
      state.column = column;
      state.page = 0;
      change();
    });
  }
  for (const pager of pagers) {
    pager.addEventListener('click', (event) => {
      const go = event.target.dataset.go;
      if (!go) return;
      const last = Math.ceil(matching.length / PAGE) - 1;
      state.page = { first: 0, previous: state.page - 1, next: state.page + 1, last }[go];
      show();
      remember();
      // From below the rows, or where the button has just been switched off, reading goes on at the top.
      if (pager === pagers[1] || event.target.disabled) heading.focus();
    });
  }
  let turned = 0;
  addEventListener('resize', () => {
    cancelAnimationFrame(turned);
    turned = requestAnimationFrame(() => widen(visible));
  });
  addEventListener('hashchange', (event) => {
    // The link that skips to the rows leaves them as they are.
    if (event.newURL.endsWith('#table')) return;
    recall();
    find();
    show();
    heading.focus();
  });

  /** On paper: what was filtered, or else the rows that were marked for it. */
  let opened = [];
  addEventListener('beforeprint', () => {
    document.querySelector('.printed')?.remove();
    const isChanged = state.filter !== '' || state.chosen.size > 0 || state.column >= 0;
    const rows = isChanged
      ? Array.from(matching.slice(0, PAGE), (row) => lines[row])
      : lines.filter((line) => line.startsWith('<tr class=p'));
    const note = document.createElement('p');
    note.className = 'on-paper';
    if (!isChanged) note.textContent = rows.length < lines.length ? `On paper: ${view.dataset.printed}.` : '';
    else note.textContent = `On paper: ${number(rows.length)} of these. ${count.textContent}${asked()}`;
    const printed = document.createElement('div');
    printed.className = 'printed';
    const copy = table.cloneNode(false);
    copy.removeAttribute('id');
    const head = copy.createTHead().insertRow();
    for (const [column, name] of names.entries()) {
      const made = document.createElement('th');
      made.textContent = name;
      made.hidden = empty.has(column);
      head.append(made);
    }
    copy.createTBody().append(...rows.map(makeRow));
    printed.append(note, copy);
    view.append(printed);
    opened = [...document.querySelectorAll('details:not([open])')];
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    document.querySelector('.printed')?.remove();
    for (const details of opened) details.open = false;
  });

  /** What is filtered for, in words. */
  function asked() {
    const parts = [...state.chosen].map(([column, word]) => `${names[column]}: ${word}`);
    if (state.filter) parts.unshift(`Filter: ${state.filter}`);
    return parts.length ? ` ${parts.join('; ')}.` : '';
  }

  const isAsked = recall();
  find();
  show();
  if (isAsked) heading.scrollIntoView();
})();
