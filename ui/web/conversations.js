// The list of conversations. Each answer is an entry of its own in the browser, named by its conversation and by when it was
// given, and is never changed by another: pages that are open at once cannot overwrite each other. A second kind of entry, KEPT_AS:ID,
// says what a reader called a conversation, or that it was deleted; of two, the later one counts.
const UNDO_MILLISECONDS = 60_000;
const space = 'KEPT_AS/', marks = 'KEPT_AS:';
let current = history.state?.conversation ?? '';
let most = -1;
let deleted = '';

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
};
const keysOf = (id) => Object.keys(localStorage).filter((key) => key.startsWith(`${space}${id}/`)).sort();
const timeOf = (key) => Number(key.slice(key.lastIndexOf('/') + 1, key.lastIndexOf('/') + 14)) || 0;
const forget = (id, everywhere) => {
  const keys = [...keysOf(id), marks + id];
  for (const key of keys) localStorage.removeItem(key);
  if (everywhere) send(keys.map((key) => ({name: key.slice(space.length - 1), at: Date.now(), value: ''})));
};
function put(key, value) {
  for (;;) {
    try {
      return localStorage.setItem(key, value);
    } catch {
      // Full: the conversation that was used longest ago goes.
      const oldest = list(true).filter((one) => one.id !== current).pop();
      if (!oldest) return;
      forget(oldest.id);
    }
  }
}
function list(all = false) {
  const found = new Map();
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(space)) continue;
    const id = key.slice(space.length, key.lastIndexOf('/'));
    const one = found.get(id) ?? {id, first: key, count: 0, at: 0};
    found.set(id, {...one, first: key < one.first ? key : one.first, count: one.count + 1, at: Math.max(one.at, timeOf(key))});
  }
  const talks = [];
  for (const one of found.values()) {
    const mark = read(marks + one.id) ?? {};
    const gone = mark.gone && mark.at >= one.at;
    if (gone && one.id !== deleted && Date.now() - mark.at > UNDO_MILLISECONDS) forget(one.id, true);
    else if (all || !gone) talks.push({...one, title: mark.title || read(one.first)?.answer?.question || 'Conversation'});
  }
  return talks.sort((one, other) => other.at - one.at);
}
const has = (one, words) => {
  const text = [one.title, ...keysOf(one.id).map(read).map((turn) => `${turn?.answer?.question} ${turn?.answer?.text}`)].join(' ').toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
};
const mark = (id, values) => {
  put(marks + id, JSON.stringify({...read(marks + id), ...values, at: Date.now()}));
  send([entry(marks + id)]);
};

// With a login the server keeps the same entries, for whichever browser the reader comes with.
const onServer = 'ON_SERVER';
const entry = (key) => ({name: key.slice(space.length - 1), at: Date.now(), value: localStorage.getItem(key) ?? ''});
async function call(path, options) {
  try {
    const answer = await fetch(`/api/conversations${path}`, options);
    const told = answer.ok ? await answer.json() : {problem: 'The server does not answer.'};
    kept.textContent = told.problem ? `Kept in this browser only. ${told.problem}` : 'Kept in this browser, and on the server for whoever logs in with this name.';
    return told.problem ? null : told;
  } catch {
    return null;
  }
}
const send = (entries) => onServer && call('', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({entries})});
async function fetchNew() {
  if (!onServer || document.hidden) return;
  const before = Number(localStorage.getItem('KEPT_AS.number')) || 0;
  if (!before) {
    // What is older than a deletion elsewhere stays deleted.
    const own = Object.keys(localStorage).filter((key) => key.startsWith(space) || key.startsWith(marks));
    const entries = own.map((key) => ({...entry(key), at: timeOf(key) || read(key)?.at || 0}));
    for (let first = 0; first < entries.length; first += 20) await send(entries.slice(first, first + 20));
  }
  for (let after = before, told; (told = await call(`?after=${after}`)); after = told.number) {
    for (const {name, value} of told.entries) {
      if (value) put('KEPT_AS' + name, value);
      else localStorage.removeItem('KEPT_AS' + name);
    }
    localStorage.setItem('KEPT_AS.number', told.number);
    if (!told.entries.length) break;
  }
  draw();
}
document.addEventListener('visibilitychange', fetchNew);

// What is on the page, for the browser's history: each question, and each article that was opened, is a step back.
const go = (id) => {
  current = id;
  history.pushState({conversation: id}, '');
  trigger('open', {});
};
window.datelineTalks = {
  keep(value) {
    if (!value) return;
    const {conversation, turns} = JSON.parse(value);
    const keys = turns.map(({id}) => `${space}${conversation}/${id}`);
    turns.forEach(({id, ...turn}, place) => put(keys[place], JSON.stringify(turn)));
    send(keys.map(entry));
    if (!current) {
      current = conversation;
      history.replaceState({...history.state, conversation}, '');
    }
    draw();
  },
  keepFilters(values) {
    try {
      sessionStorage.setItem('KEPT_AS', JSON.stringify(values));
    } catch {
      // A browser that keeps nothing.
    }
    return values;
  },
  begin() {
    current = '';
    most = -1;
    history.pushState({conversation: ''}, '');
  },
  shows(count) {
    most = count - 1;
    if (count) history.replaceState({...history.state, turn: history.state?.turn ?? most}, '');
    draw();
  },
  asked() {
    setTimeout(() => {
      const turn = document.querySelectorAll('#dl-past .dl-turn, #dl-live .dl-turn').length - 1;
      if (turn <= most) return;
      most = turn;
      const state = {conversation: current, turn, article: Boolean(history.state?.article)};
      if (history.state?.turn === undefined) history.replaceState(state, '');  // the empty page is no step of its own
      else history.pushState(state, '');
    }, 100);
  },
};
history.scrollRestoration = 'manual';  // else the browser scrolls away from the question again
window.addEventListener('popstate', ({state}) => {
  const closes = !state?.article && window.datelineClosed?.();
  if ((state?.conversation || current) !== current) {
    current = state.conversation;
    return trigger('open', {});
  }
  if (closes) return;
  const turns = document.querySelectorAll('#dl-past .dl-turn, #dl-live .dl-turn');
  const question = (turns[state?.turn ?? 0] ?? turns[0])?.querySelector('.dl-question');
  if (question) question.scrollIntoView({block: 'start'});
});

// The list itself. What people and articles wrote is only ever text here.
const make = (tag, values, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(values)) {
    if (name in made && name !== 'role') made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
};
const button = (words, press, values = {}) => make('button', {type: 'button', className: 'dl-again', onclick: press, textContent: words, ...values});
const opens = button('', () => { draw(); dialog.showModal(); }, {'aria-haspopup': 'dialog'});
const search = make('input', {type: 'search', placeholder: 'Search', 'aria-label': 'Search conversations', oninput: () => draw()});
const told = make('p', {role: 'status', className: 'dl-hint'});
const rows = make('ol', {'aria-label': 'Conversations'});
const kept = make('p', {className: 'dl-hint', textContent: 'Kept in this browser.'});
const shut = button('✕', () => dialog.close(), {className: 'dl-close', 'aria-label': 'Close the list'});
const dialog = make('dialog', {className: 'dl-list', 'aria-label': 'Conversations'}, shut, make('h2', {textContent: 'Conversations'}), search, told, rows, kept);
dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener('keydown', (event) => event.stopPropagation());
element.replaceChildren(opens, dialog);

function row(one) {
  const day = new Date(one.at).toLocaleDateString(undefined, {day: 'numeric', month: 'short', year: 'numeric'});
  const count = one.count === 1 ? '1 question' : `${one.count} questions`;
  const title = make('strong', {textContent: one.title, dir: 'auto'});
  const open = make('button', {type: 'button', className: 'dl-open', onclick: () => { dialog.close(); if (one.id !== current) go(one.id); }}, title, make('span', {className: 'dl-hint', textContent: `${count} · ${day}`}));
  if (one.id === current) open.setAttribute('aria-current', 'true');
  const item = make('li', {}, open, button('Rename', () => rename(item, one), {'aria-label': `Rename ${one.title}`}), button('Delete', () => remove(one), {'aria-label': `Delete ${one.title}`}));
  return item;
}
function rename(item, one) {
  const field = make('input', {type: 'text', value: one.title, maxLength: 200, 'aria-label': 'Name of the conversation'});
  let done = false;
  const end = (keep) => {
    if (done) return;
    done = true;
    if (keep && field.value.trim()) mark(one.id, {title: field.value.trim()});
    draw();
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') end(true);
    if (event.key !== 'Escape') return;
    event.preventDefault();
    end(false);
  });
  field.addEventListener('blur', () => end(true));
  item.replaceChildren(field);
  field.select();
}
function remove(one) {
  deleted = one.id;
  mark(one.id, {gone: true});
  draw();
  const undo = button('Undo', () => { deleted = ''; mark(one.id, {gone: false}); draw(); search.focus(); });
  told.replaceChildren(`“${one.title}” is deleted. `, undo);
  undo.focus();
}
function draw() {
  const all = list();
  const words = search.value.trim();
  opens.textContent = `Conversations (${all.length})`;
  element.hidden = !all.length && !deleted && !dialog.open;
  if (deleted === '') told.replaceChildren();
  rows.replaceChildren(...all.filter((one) => !words || has(one, words)).map(row));
  if (words && !rows.children.length) rows.append(make('li', {className: 'dl-hint', textContent: 'No conversation holds these words.'}));
}
window.addEventListener('storage', ({key}) => { if (!key || key.startsWith(space) || key.startsWith(marks)) draw(); });
dialog.addEventListener('close', () => { deleted = ''; search.value = ''; draw(); });
draw();
fetchNew();
