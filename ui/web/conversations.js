// The list of conversations. Each answer is a browser entry of its own, named by its conversation and the time it was
// given, and never changed by another: pages open at the same time cannot overwrite each other. A second kind of entry, STORAGE:ID,
// holds the name that a reader gave a conversation, or that it was deleted; of two, the later one counts.
const UNDO_MILLISECONDS = 60_000;
const prefix = 'STORAGE/', names = 'STORAGE:';
let current = history.state?.conversation ?? '';
let most = -1;
let ready = false;

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
};
const keysOf = (id) => Object.keys(localStorage).filter((key) => key.startsWith(`${prefix}${id}/`)).sort();
const timeOf = (key) => Number(key.slice(key.lastIndexOf('/') + 1, key.lastIndexOf('/') + 14)) || 0;
const forget = (id, everywhere) => {
  const keys = [...keysOf(id), names + id];
  for (const key of keys) localStorage.removeItem(key);
  if (everywhere) send(keys.map((key) => ({name: key.slice(prefix.length - 1), at: Date.now(), value: ''})));
};
function put(key, value) {
  for (;;) {
    try {
      return localStorage.setItem(key, value);
    } catch {
      // Full: drop the least recently used conversation.
      const oldest = list().filter((one) => one.id !== current).pop();
      if (!oldest) return;
      forget(oldest.id);
    }
  }
}
function list() {
  const found = new Map();
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(prefix)) continue;
    const id = key.slice(prefix.length, key.lastIndexOf('/'));
    const one = found.get(id) ?? {id, first: key, count: 0, at: 0};
    found.set(id, {...one, first: key < one.first ? key : one.first, count: one.count + 1, at: Math.max(one.at, timeOf(key))});
  }
  const talks = [];
  for (const one of found.values()) {
    const mark = read(names + one.id) ?? {};
    const gone = mark.gone && mark.at >= one.at;
    const title = mark.title || read(one.first)?.answer?.question || say('Conversation');
    if (gone && Date.now() - mark.at > UNDO_MILLISECONDS) forget(one.id, true);
    else talks.push({...one, gone, title: title.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')});  // what reverses the words beside it
  }
  return talks.sort((one, other) => other.at - one.at);
}
const has = (one, words) => {
  const text = [one.title, ...keysOf(one.id).map(read).map((turn) => `${turn?.answer?.question} ${turn?.answer?.text}`)].join(' ').toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
};
const mark = (id, values) => {
  put(names + id, JSON.stringify({...read(names + id), ...values, at: Date.now()}));
  send([entry(names + id)]);
};

// With a login, the server keeps the same entries, for any browser that the reader uses.
const onServer = 'ON_SERVER';
const entry = (key) => ({name: key.slice(prefix.length - 1), at: Date.now(), value: localStorage.getItem(key) ?? ''});
async function call(path, options) {
  try {
    const answer = await fetch(`/api/conversations${path}`, options);
    const told = answer.ok ? await answer.json() : {problem: say('The server does not answer.')};
    kept.textContent = told.problem ? `${say('Saved in this browser only.')} ${told.problem}` : say('Saved in this browser, and on the server for anyone who logs in with this name.');
    return told.problem ? null : told;
  } catch {
    return null;
  }
}
const send = (entries) => onServer && call('', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({entries})});
async function fetchNew() {
  if (!onServer || document.hidden) return;
  const before = Number(localStorage.getItem('STORAGE.number')) || 0;
  if (!before) {
    // Entries older than a deletion elsewhere stay deleted.
    const own = Object.keys(localStorage).filter((key) => key.startsWith(prefix) || key.startsWith(names));
    const entries = own.map((key) => ({...entry(key), at: timeOf(key) || read(key)?.at || 0}));
    for (let first = 0; first < entries.length; first += 20) await send(entries.slice(first, first + 20));
  }
  for (let after = before, told; (told = await call(`?after=${after}`)); after = told.number) {
    for (const {name, value} of told.entries) {
      if (value) put('STORAGE' + name, value);
      else localStorage.removeItem('STORAGE' + name);
    }
    localStorage.setItem('STORAGE.number', told.number);
    if (!told.entries.length) break;
  }
  draw();
}
document.addEventListener('visibilitychange', fetchNew);

// What is on the page, for the browser's history: each question and each opened article is a step back.
const shown = () => document.querySelectorAll('#dl-past .dl-turn, #dl-live .dl-turn');
let turnShown = history.state?.turn;
// The step that opened an article is replaced: going back to it would show nothing, once the article is closed.
const step = (state, replaces = history.state?.article) => {
  turnShown = state.turn;
  history[replaces ? 'replaceState' : 'pushState'](state, '');
};
const go = (id) => {
  current = id;
  step({conversation: id});
  trigger('open', {});
};
window.datelineConversations = {
  chosen() {
    // This page's conversation, as the browser stored it (the newest answers, as many as a request may carry), and its filters.
    current = history.state?.conversation ?? '';
    if (list().find((one) => one.id === current)?.gone) current = '';
    const found = {conversation: current, turns: [], broken: false, filters: null};
    try {
      found.filters = JSON.parse(sessionStorage.getItem('STORAGE'));
    } catch {}  // The browser stores nothing.
    try {
      let room = 190_000;
      for (const key of keysOf(found.conversation).reverse()) {
        const value = localStorage.getItem(key);
        room -= value.length;
        if (room < 0 || found.turns.length === 50) break;
        try {
          found.turns.unshift({...JSON.parse(value), id: key.slice(key.lastIndexOf('/') + 1)});
        } catch {
          found.broken = true;
        }
      }
    } catch {}
    this.shows(found.turns.length);
    return [JSON.stringify(found)];
  },
  keep(value) {
    if (!value) return;
    const {conversation, turns} = JSON.parse(value);
    const keys = turns.map(({id}) => `${prefix}${conversation}/${id}`);
    turns.forEach(({id, ...turn}, place) => put(keys[place], JSON.stringify(turn)));
    send(keys.map(entry));
    if (!current) {
      current = conversation;
      history.replaceState({...history.state, conversation}, '');
    }
    draw();
  },
  // Only after the stored ones are restored: fields filled one by one would be stored half empty.
  restored() {
    ready = true;
    document.body.dataset.ready = 'yes';
  },
  keepFilters(values) {
    try {
      if (ready) sessionStorage.setItem('STORAGE', JSON.stringify(values));
    } catch {}
    return values;
  },
  begin() {
    current = '';
    most = -1;
    step({conversation: ''});
  },
  shows(count) {
    most = count - 1;
    if (count) history.replaceState({...history.state, turn: history.state?.turn ?? most}, '');
    turnShown = history.state?.turn;
    draw();
  },
  asked() {
    setTimeout(() => {
      const turn = shown().length - 1;
      if (turn <= most) return;
      most = turn;
      const article = document.querySelector('#dl-panel .dl-article') && history.state?.article;
      // Nor is the empty page a step.
      step({conversation: current, turn}, history.state?.turn === undefined || history.state.article);
      if (article) history.pushState({...history.state, article}, '');  // it opened first, and is still there
    }, 100);
  },
};
history.scrollRestoration = 'manual';  // otherwise the browser scrolls away from the question again
addEventListener('popstate', ({state}) => {
  if ((state?.conversation || current) !== current) {
    current = state.conversation;
    return trigger('open', {});
  }
  if (state?.turn === turnShown) return;
  turnShown = state?.turn;
  const turns = shown();
  const question = (turns[state?.turn ?? 0] ?? turns[0])?.querySelector('.dl-question');
  if (question) question.scrollIntoView({block: 'start'});
});

// The list itself. Foreign text is only ever text here.
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
const search = make('input', {type: 'search', placeholder: say('Search'), 'aria-label': say('Search conversations'), oninput: () => draw()});
const rows = make('ol', {'aria-label': say('Conversations')});
const kept = make('p', {className: 'dl-hint', textContent: say('Saved in this browser.')});
const shut = button('✕', () => dialog.close(), {className: 'dl-close', 'aria-label': say('Close the list')});
const dialog = make('dialog', {className: 'dl-list', 'aria-label': say('Conversations')}, shut, make('h2', {textContent: say('Conversations')}), search, rows, kept);
dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener('keydown', (event) => event.stopPropagation());
element.replaceChildren(opens, dialog);

function row(one) {
  const day = new Date(one.at).toLocaleDateString(document.documentElement.lang.replace('en', 'en-001'), {dateStyle: 'medium'}).replace('Sept', 'Sep');
  const count = one.count === 1 ? say('{count} question', one) : say('{count} questions', one);
  const title = make('strong', {textContent: one.title, dir: 'auto'});
  const open = make('button', {type: 'button', className: 'dl-open', onclick: () => { dialog.close(); if (one.id !== current) go(one.id); }}, title, make('span', {className: 'dl-hint', textContent: `${count} · ${day}`}));
  if (one.id === current) open.setAttribute('aria-current', 'true');
  if (one.gone) return make('li', {}, make('s', {textContent: one.title, dir: 'auto'}), button(say('Undo'), () => { mark(one.id, {gone: false}); draw(); search.focus(); }, {'aria-label': say('Undo: bring back “{title}”', one)}));
  const item = make('li', {}, open, button(say('Rename'), () => rename(item, one), {'aria-label': say('Rename “{title}”', one)}), button(say('Delete'), () => remove(item, one), {'aria-label': say('Delete “{title}”', one)}));
  return item;
}
function rename(item, one) {
  const field = make('input', {type: 'text', value: one.title, maxLength: 200, 'aria-label': say('Name of the conversation')});
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
function remove(item, one) {
  const place = [...rows.children].indexOf(item);
  mark(one.id, {gone: true});
  if (one.id === current) go('');
  draw();
  rows.children[place]?.querySelector('button').focus();
  setTimeout(draw, UNDO_MILLISECONDS + 1);
}
function draw() {
  const all = list();
  const words = search.value.trim();
  opens.textContent = say('Conversations ({count})', {count: all.filter((one) => !one.gone).length});
  document.getElementById('dl-conversations').style.display = all.length || dialog.open ? '' : 'none';
  const focused = [...rows.querySelectorAll('button')].indexOf(document.activeElement);
  rows.replaceChildren(...all.filter((one) => !words || has(one, words)).map(row));
  if (words && !rows.children.length) rows.append(make('li', {className: 'dl-hint', textContent: say('No conversation contains these words.')}));
  rows.querySelectorAll('button')[focused]?.focus();
}
addEventListener('storage', ({key}) => { if (!key || key.startsWith(prefix) || key.startsWith(names)) draw(); });
dialog.addEventListener('close', () => { search.value = ''; draw(); });
draw();
fetchNew();
