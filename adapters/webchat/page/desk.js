// The page of those who work here: the list of conversations, the thread that
// is looked at with its card, and the bot's own chat.
import { make } from './paint.js';
import { openLine } from './line.js';
import { Talk } from './talk.js';
import { dots } from './field.js';
import { List, nameless } from './list.js';
import { compose } from './compose.js';

const chat = JSON.parse(document.getElementById('chat').textContent);
const words = chat.words;
const $ = id => document.getElementById(id);
const narrow = matchMedia('(max-width: 719px)');
const rooms = new Map();  // by topic: what we have of a conversation
const awayFor = 60000;    // after so long out of sight the field is for notes again
let known;                // whether we are signed in; undefined before that is known
let here;                 // the room that is looked at
let left = 0;             // when the page went out of sight
let inFront = true;       // as the page around this one says
let told = 0;             // how many conversations had something new
let code = takeCode();    // from the link that brought us here

if (parent !== window) document.body.classList.add('framed'); // the frame has its own heading

// takeCode reads the code of the link and takes it out of the address at once.
function takeCode() {
  const given = new URLSearchParams(location.hash.slice(1)).get('code');
  if (given) history.replaceState(history.state, '', location.pathname + location.search);
  return given;
}

// --- the conversations -----------------------------------------------------
// room is what we have of a conversation: '' is the bot's own.
function room(topic) {
  if (rooms.has(topic)) return rooms.get(topic);
  const log = make('div', 'log');
  log.setAttribute('role', 'log');
  log.setAttribute('aria-live', 'polite');
  log.setAttribute('aria-label', words.log);
  log.setAttribute('aria-busy', 'true');
  log.tabIndex = 0;
  log.hidden = true;
  if (!topic) log.append(make('p', 'hello', words.hello));
  $('logs').append(log);
  const r = { topic, log, draft: '', cards: [] };
  r.talk = new Talk(chat, log, {
    post: frame => line.post(frame),
    heard: e => heard(r, e),
    moved: () => { if (r === here) $('news').hidden = !r.talk.below; },
    pressed: () => { r.awaits = !!topic; },
    write: () => { if (topic && r === here) write.choose('customer'); return !!topic; },
    focus: () => write.focus(),
    edit: (...what) => write.edit(...what),
  }, topic);
  rooms.set(topic, r);
  return r;
}

const bot = room('');
const typing = dots();
const list = new List(chat, $('list'), topic => turn(topic, true));
const write = compose(chat, {
  send: (text, files, as) => {
    if (files.length) here.talk.attach(files, as, text.trim()); else here.talk.say(text, as);
  },
});

// turn shows another conversation; undefined is the list alone, on a phone.
function turn(topic, chosen) {
  if (here) here.draft = write.draft;
  if (here && here.topic && here.topic !== topic) line.send({ type: 'watch', topic: '' });
  here = topic === undefined ? undefined : room(topic);
  $('card').open = !narrow.matches && innerHeight >= 560;
  list.chosen = topic;
  rooms.forEach(r => { r.log.hidden = r !== here; });
  typing(false);
  document.body.classList.toggle('inside', !!here);
  if (here) {
    if (topic && (!here.watched || !here.talk.ready)) here.log.setAttribute('aria-busy', 'true');
    if (topic) line.send({ type: 'watch', topic, after: here.talk.last });
    write.turn(!!topic, called(here), here.draft);
    here.talk.stay();
  }
  head();
  show();
  if (!chosen) return;
  remember(topic);
  if (here) { if (narrow.matches) $('whom').focus(); else write.focus(); }
}

// remember lets the browser's own way back lead to the list on a phone, and a
// reload to the same conversation.
function remember(topic) {
  const was = history.state?.topic;
  if (narrow.matches && was === undefined) history.pushState({ topic, pushed: true }, '');
  else history.replaceState({ topic, pushed: history.state?.pushed }, '');
}

function title(r) { return r.topic ? called(r) || nameless(list.find(r.topic) || r, words) : words.my_bot; }

// called is what the customer is called, '' while nobody knows.
function called(r) { return (list.find(r.topic) || {}).title || r.title || ''; }

// head draws what stands above the conversation.
function head() {
  if (list.unread > told && parent !== window) parent.postMessage({ chat: 'heard' }, location.origin);
  told = list.unread;
  document.title = (list.unread ? '(' + list.unread + ') ' : '') + chat.title;
  list.draw();
  $('nobody').hidden = list.threads.length > 0;
  if (!here) return;
  const t = list.find(here.topic);
  if (t) { here.title = t.title; here.ref = t.ref; }
  $('whom').textContent = title(here);
  $('about').textContent = t ? [t.platform, t.mine ? words.mine : t.assignee].filter(Boolean).join(' · ') : '';
  write.called(called(here));
  $('card').hidden = !here.card;
  if (!here.card) return;
  $('brief').textContent = here.brief;
  if ($('drawn').firstChild !== here.card) $('drawn').replaceChildren(here.card);
}

// top draws the card of a thread; its buttons are those of entry 0.
function top(r, e) {
  const el = make('div');
  el.append(...r.talk.build({ ...e, entry: 0 }).childNodes);
  r.card = el;
  r.brief = (e.cards || []).flatMap(c => c.fields || []).slice(0, 3).map(f => f.name + ' ' + f.value).join(' · ');
  if (r === here) head();
}

function heard(r, e) {
  if (e.asks && r.awaits && e.from === 'bot') { // the next words answer it
    r.awaits = false;
    if (r === here) write.choose('bot');
  }
  if (!r.topic && (r !== here || !inSight())) { list.botUnread++; head(); }
  if (!r.topic && known === false && e.from === 'bot') said(e);
}

function inSight() { return inFront && !document.hidden; }

// show proves to the other side what is on the screen.
function show() {
  if (!inSight() || !here) return;
  if (!here.topic && list.botUnread) { list.botUnread = 0; head(); }
  if (line.ready && here.talk.last > here.talk.seen) {
    line.send({ type: 'seen', topic: here.topic, upTo: here.talk.seen = here.talk.last });
  }
}

// --- the line --------------------------------------------------------------
const line = openLine(chat, {
  hello: () => ({ after: bot.talk.last }),
  ready: () => {
    bot.talk.done();
    if (here && here.topic) line.send({ type: 'watch', topic: here.topic, after: here.talk.last });
    if (code) { sign(code); code = ''; }
    show();
  },
  frame: a => {
    const r = a.topic ? rooms.get(a.topic) : bot;
    if (a.type === 'threads') signedIn(a.threads);
    else if (a.type === 'stranger') stranger();
    else if (a.type === 'typing' && here === bot) typing(true);
    else if (!r) return;
    else if (a.type === 'card') top(r, a);
    else if (a.type === 'opened') { r.watched = true; r.talk.done(); show(); }
    else if (a.type === 'gone') gone(r);
    else if (a.type === 'entry') {
      if (r === here && a.from !== 'me') typing(false);
      r.talk.draw(a);
      show();
    }
  },
  settle: (frame, id) => rooms.forEach(r => r.talk.settle(id)),
  fail: (frame, id, why) => room(frame.topic || '').talk.fail(frame, id, why),
  tell: what => {
    if ($('notice').textContent !== what) $('notice').textContent = what;
    $('notice').hidden = !what;
  },
  stranger: () => location.reload(),
});

// drop forgets a conversation.
function drop(r) {
  r.log.remove();
  rooms.delete(r.topic);
}

// gone is a thread that is not for us any more.
function gone(r) {
  drop(r);
  if (r !== here) return;
  here = undefined;
  turn(narrow.matches ? undefined : '');
  $('notice').textContent = words.gone;
  $('notice').hidden = false;
}

// --- who we are ------------------------------------------------------------
function signedIn(threads) {
  list.threads = threads;
  rooms.forEach(r => { if (r.topic && r !== here && !list.find(r.topic)) drop(r); });
  if (known !== true) {
    known = true;
    $('door').hidden = true;
    $('side').hidden = $('room').hidden = false;
    const was = history.state?.topic;
    turn(was ?? (narrow.matches ? undefined : ''));
  }
  head();
}

function stranger() {
  if (known) return location.reload(); // nothing of what was shown stays
  known = false;
  $('door').hidden = false;
  $('side').hidden = $('room').hidden = true;
  document.title = chat.title;
  if (!waitsFor) $('code').focus();
}

let waitsFor = ''; // the code that was given last

// sign says the code to the bot, as one might oneself.
function sign(given) {
  waitsFor = given;
  $('said').replaceChildren(make('p', '', words.door_busy));
  bot.talk.say(words.door_say.replace('{code}', given)); // he is answered in the language he is seen to write
}

// said shows what the bot makes of it.
function said(e) {
  if (!waitsFor) return;
  const el = make('div');
  el.append(...bot.talk.build(e).childNodes);
  $('said').replaceChildren(el);
}

// codeIn finds the code in what was pasted: it may stand behind "link", or in
// the whole address.
function codeIn(text) {
  const found = text.match(/(?:^|[^0-9a-z])([0-9a-z]{4})[-－— ]([0-9a-z]{4})[^0-9a-z]*$/i);
  return found && !/^link$/i.test(found[1]) ? found[1] + '-' + found[2] : text.trim().replace(/^(link|绑定)[\s:：]*/i, '');
}

$('enter').onsubmit = e => {
  e.preventDefault();
  const given = codeIn($('code').value);
  if (given) sign(given);
};
$('leave').onclick = () => { history.replaceState(null, ''); line.forget(); location.reload(); };
$('back').onclick = () => {
  if (history.state?.pushed) return history.back();
  history.replaceState(null, '');
  toList();
};
window.onpopstate = e => { if (narrow.matches && e.state?.topic === undefined) toList(); else turn(e.state?.topic ?? ''); };

// toList goes back to the list, on a phone.
function toList() {
  const from = here && here.topic;
  turn(undefined);
  list.focus(from);
}

$('news').onclick = () => here && here.talk.bottom();
narrow.onchange = () => { if (!narrow.matches && !here && known) turn(''); };
document.onvisibilitychange = () => {
  if (document.hidden) { left = Date.now(); return; }
  if (Date.now() - left > awayFor) write.toNote();
  line.hurry();
  show();
};

// One of our own house around this page may put words into a person's mouth, or
// into the field of the thread that is looked at.
window.onmessage = e => {
  if (e.source !== parent || !e.data || parent === window || e.origin !== location.origin) return;
  const what = String(e.data.text);
  if (e.data.chat === 'shown') {
    inFront = e.data.open === true;
    if (here) here.talk.stay();
    show();
  } else if (e.data.chat === 'say') {
    if (here !== bot) turn('', true);
    bot.talk.say(what);
  } else if (e.data.chat === 'fill') {
    if ((!here || !here.topic) && list.threads.length) turn(list.threads[0].topic, true);
    if (!here || !here.topic) return;
    write.text = what;
    write.choose(e.data.as === 'customer' || e.data.as === 'bot' ? e.data.as : 'note');
  }
};
