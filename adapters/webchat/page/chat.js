// The page of a customer: one conversation with us.
import { make } from './paint.js';
import { openLine } from './line.js';
import { Talk } from './talk.js';
import { field, dots } from './field.js';

const chat = JSON.parse(document.getElementById('chat').textContent);
const words = chat.words;
const $ = id => document.getElementById(id);
const log = $('log'), notice = $('notice'), news = $('news');
let unread = 0, opened = !chat.embed, begun = false;
log.append(make('p', 'hello', words.hello));

const typing = dots();
const talk = new Talk(chat, log, {
  post: frame => line.post(frame),
  heard: () => {
    if (parent !== window && !chat.embed) parent.postMessage({ chat: 'heard' }, location.origin);
    if (opened && !document.hidden) return;
    unread++;
    badge();
  },
  moved: () => { news.hidden = !talk.below; },
  pressed: () => {},
  write: () => false,
  focus: () => write.focus(),
});

const write = field({
  send: what => talk.say(what),
  attach: list => { begin(); talk.attach(list); },
  typed: () => begin(),
});

const line = openLine(chat, {
  hello: () => ({ after: talk.last }),
  ready: () => {
    talk.done();
    if (opened && chat.embed) line.send({ type: 'open' });
    show();
  },
  frame: a => {
    if (a.type === 'typing') typing(true);
    if (a.type !== 'entry') return;
    if (a.from !== 'me') typing(false);
    talk.draw(a);
    show();
  },
  settle: (frame, id) => talk.settle(id),
  fail: (frame, id, why) => talk.fail(frame, id, why),
  tell: what => {
    if (notice.textContent !== what) notice.textContent = what;
    notice.hidden = !what;
  },
  stranger: () => talk.forget(),
});

function badge() {
  document.title = (unread ? '(' + unread + ') ' : '') + chat.title;
  if (chat.embed) parent.postMessage({ chat: 'unread', n: unread }, '*');
}

// show proves to the other side that the entries are on the screen.
function show() {
  if (!opened || document.hidden) return;
  if (unread) { unread = 0; badge(); }
  if (line.ready && talk.last > talk.seen) line.send({ type: 'seen', upTo: talk.seen = talk.last });
}

function begin() {
  if (!begun && line.ready) { begun = true; line.send({ type: 'open' }); }
}

$('person').onclick = () => talk.say(words.person_say);
if ($('close')) $('close').onclick = () => parent.postMessage({ chat: 'close' }, '*');
news.onclick = () => talk.bottom();
document.onkeydown = e => { if (e.key === 'Escape' && $('close')) $('close').click(); };
document.onvisibilitychange = () => { if (!document.hidden) { line.hurry(); show(); } };

// The page around this one may open and close it, and one of our own house
// may put words into a person's mouth.
window.onmessage = e => {
  if (e.source !== parent || !e.data || parent === window) return;
  if (chat.embed && e.data.chat === 'shown') {
    opened = e.data.open === true;
    if (opened) { begin(); show(); write.focus(); }
  } else if (e.data.chat === 'say' && e.origin === location.origin) {
    talk.say(String(e.data.text));
  }
};
