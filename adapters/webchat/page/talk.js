// One conversation: its entries in their order, what of ours is on its way, and
// where its reader looks.
import { make, blocks, card, table, link, safe, files } from './paint.js';
import { name } from './line.js';

// lines is plain text as an entry has it, plain the other way round.
const lines = text => text.split('\n').map(l => ({ spans: [{ text: l }] }));
const plain = text => (text || []).map(l => (l.spans || []).map(s => s.text || '').join('')).join('\n');

// Talk shows a conversation in the element log. on has
//
//	post(frame)      sends a frame
//	heard(entry)     something new was said by somebody else
//	moved()          the end came into sight, or something new is below it
//	pressed(button)  a button was pressed
//	write(button)    true if the page has a place for what a button asks for
//	edit(text, as, done)  has words changed; done(text) when they are
export class Talk {
  constructor(chat, log, on, topic) {
    this.chat = chat;
    this.words = chat.words;
    this.log = log;
    this.on = on;
    this.topic = topic;      // of a thread, '' or undefined for the direct chat
    this.last = this.seen = 0;
    this.ready = false;      // everything old is there
    this.below = false;      // something new was said below what is seen
    this.follow = true;      // whether the end is looked at
    this.top = 0;            // and from where
    this.entries = new Map(); // by number: element
    this.mine = new Map();    // by our own name: element
    log.onscroll = () => this.scrolled();
    log.addEventListener('load', () => this.stay(), true);
    new ResizeObserver(() => this.stay()).observe(log);
  }

  // --- what goes out -------------------------------------------------------
  // say sends words. as is who reads them, in a thread.
  say(what, as) {
    what = what.trim();
    if (!what) return;
    const frame = { type: 'message', id: name(), text: what, topic: this.topic, as };
    const el = this.own({ mine: frame.id, as, text: lines(what) });
    if ([...what].length > this.chat.textMax) return this.fail(frame, frame.id, this.words.long);
    this.queue(frame, el);
    this.bottom();
  }

  // attach sends each file as a message of its own, the first with the words.
  attach(list, as, text = '') {
    for (const file of list) {
      const picture = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
      const frame = { file, id: name(), topic: this.topic, as, text };
      const el = this.own({
        mine: frame.id, as, text: text ? lines(text) : undefined,
        files: [{ name: file.name, size: file.size, picture, url: URL.createObjectURL(file) }],
      });
      if (file.size > this.chat.fileMax) this.fail(frame, frame.id, this.words.large);
      else if (!file.size) this.fail(frame, frame.id, this.words.empty);
      else this.queue(frame, el);
      text = '';
    }
    this.bottom();
  }

  // own shows what is on its way.
  own(e) {
    const entry = { from: 'me', at: new Date().toISOString(), ...e };
    const el = this.place(this.build(entry), entry);
    this.mine.set(e.mine, el);
    return el;
  }

  queue(frame, el) {
    el.classList.remove('failed');
    el.classList.add('busy');
    this.state(el, this.words.sending);
    this.on.post(frame);
  }

  // settle shows what is safe, with a word under the last of it.
  settle(id) {
    const el = this.mine.get(id);
    if (!el) return;
    el.classList.remove('busy', 'failed');
    const sure = [...this.log.querySelectorAll('.me:not(.failed, .busy)')];
    sure.forEach(x => { const s = x.querySelector('.state'); if (s) s.remove(); });
    if (!this.topic) this.state(sure.pop(), this.words.sent);
  }

  fail(frame, id, why) {
    const el = this.mine.get(id);
    if (!el) return;
    el.classList.remove('busy');
    el.classList.add('failed');
    const s = this.state(el, this.words.failed + ' · ' + why);
    if ([this.words.long, this.words.large, this.words.empty].includes(why)) return;
    const retry = make('button', '', this.words.retry);
    retry.type = 'button';
    retry.onclick = () => this.queue(frame, el);
    s.append(' ', retry);
  }

  state(el, what) {
    let s = el.querySelector('.state');
    if (!s) el.append(s = make('div', 'state'));
    s.textContent = what;
    return s;
  }

  // --- what is shown -------------------------------------------------------
  // done says that everything old is there.
  done() {
    this.ready = true;
    this.log.setAttribute('aria-busy', 'false');
  }

  draw(e) {
    this.last = Math.max(this.last, e.entry);
    if (this.entries.has(e.entry) || (e.from === 'me' && !e.text && !e.files && !e.deleted)) return;
    const target = this.entries.get(e.replace);
    if (target) {
      this.revise(target, e);
    } else if (e.mine && this.mine.has(e.mine)) {
      this.arrived(this.mine.get(e.mine), e);
    } else {
      if (e.from === 'bot') this.log.querySelectorAll('.ask').forEach(x => x.remove()); // what it asked was long ago
      const el = this.place(this.build(e), e);
      this.entries.set(e.entry, el);
      if (e.mine) this.mine.set(e.mine, el);
      if (this.ready && e.from !== 'me') this.on.heard(e, el);
      if (this.follow || !this.ready) this.bottom(el); else { this.below = true; this.on.moved(); }
    }
  }

  // revise puts an entry in place of another; below the press that it answers,
  // if that stands at the end.
  revise(target, e) {
    const el = this.build(e), who = target.querySelector('.who');
    el.className = target.className;
    Object.assign(el.dataset, target.dataset);
    if (who) el.prepend(who);
    if (e.from === 'person' && !e.deleted && !this.topic) this.state(el, this.words.edited);
    target.replaceWith(el);
    const end = this.log.lastElementChild;
    if (e.pressed && !this.topic && end !== el && end.classList.contains('me')) end.after(el);
    this.entries.forEach((x, n) => { if (x === target) this.entries.set(n, el); });
    if (e.entry) this.entries.set(e.entry, el);
    if (e.mine) this.mine.set(e.mine, el);
    [...this.log.children].forEach(x => { if (x.dataset.who) this.group(x); });
    this.stay();
  }

  // arrived gives what was on its way its number and its place.
  arrived(el, e) {
    const next = this.pending();
    el.dataset.entry = e.entry;
    this.entries.set(e.entry, el);
    if (next && next !== el) { // it was quicker than what was begun before it
      this.log.insertBefore(el, next);
      [el, next, ...this.log.children].forEach(x => { if (x.dataset.who) this.group(x); });
    }
    this.settle(e.mine);
  }

  // pending is the first of our own that the other side has not put in its
  // place.
  pending() { return this.log.querySelector('.me:not([data-entry], .failed)'); }

  // place puts an entry at the end, but before what the other side has not
  // put in its place yet, and under its day, author and time.
  place(el, e) {
    const at = new Date(e.at), next = e.entry ? this.pending() : null, lang = this.chat.lang;
    if (e.entry) el.dataset.entry = e.entry;
    el.dataset.day = at.toDateString();
    el.dataset.who = [e.from, e.as, e.name, e.private].join(' ');
    el.dataset.at = +at;
    this.log.querySelector('.hello')?.remove();
    this.log.insertBefore(el, next);
    const before = el.previousElementSibling;
    if (before ? before.dataset.day !== el.dataset.day : el.dataset.day !== new Date().toDateString()) {
      el.before(make('div', 'day', at.toLocaleDateString(lang, { month: 'long', day: 'numeric', weekday: 'short' })));
    }
    const who = make('div', 'who');
    who.append(make('span', '', e.from === 'me' ? this.words.you : e.name || (e.from === 'customer' ? this.words.customer : this.words.bot)));
    const tag = this.tag(e);
    if (tag) who.append(' ', make('b', '', tag));
    who.append(' ', make('time', '', at.toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit' })));
    el.prepend(who);
    this.group(el);
    if (next) this.group(next);
    if (this.ready) el.classList.add('new');
    return el;
  }

  // tag says who reads an entry of a thread, where that is not plain.
  tag(e) {
    if (!this.topic) return '';
    if (e.private) return this.words.only_you;
    if (e.from === 'customer') return '';
    return { note: this.words.as_note, customer: this.words.as_customer }[e.as] || '';
  }

  // group shows author and time above the first of several entries only.
  group(el) {
    const before = el.previousElementSibling;
    el.classList.toggle('first', !before || before.dataset.who !== el.dataset.who || el.dataset.at - before.dataset.at > 300000);
  }

  build(e) {
    const el = make('div', ['entry', e.from, this.topic && e.as ? 'as-' + e.as : '', e.private ? 'private' : ''].join(' ').trim());
    if (e.deleted) {
      el.append(make('div', 'bubble gone', this.words.deleted));
      return el;
    }
    const body = make('div', 'bubble');
    if (e.text) body.append(...blocks(e.text, e.from !== 'me'));
    (e.cards || []).forEach(c => body.append(card(c, c.buttons && this.buttons(c.buttons, e.entry))));
    if (e.table) body.append(table(e.table));
    if (e.files) body.append(...files(e.files, this.chat.lang));
    if (body.childNodes.length) el.append(body);
    if (e.ask) el.append(this.ask(e.ask));
    if (e.buttons) el.append(this.buttons(e.buttons, e.entry));
    if (this.topic && e.from === 'me' && e.mine && (e.as === 'note' || e.as === 'customer')) el.append(this.tools(e));
    return el;
  }

  // tools change one's own words in a thread, or take them back.
  tools(e) {
    const box = make('div', 'tools'), text = plain(e.text);
    const add = (word, act) => {
      const el = make('button', '', word);
      el.type = 'button';
      el.onclick = act;
      box.append(el);
    };
    if (text) add(this.words.edit, () => this.on.edit(text, e.as, to => this.change(e, to)));
    add(this.words.withdraw, () => this.change(e));
    return box;
  }

  // change has one's own words changed; without text they are taken back.
  change(e, text) {
    const frame = { type: text ? 'edit' : 'delete', id: name(), mine: e.mine, topic: this.topic, as: e.as, text };
    frame.pressed = ok => {
      if (ok) this.revise(this.mine.get(e.mine), { ...e, text: text && lines(text), deleted: !text });
    };
    this.on.post(frame);
  }

  buttons(list, on) {
    const box = make('div', 'buttons');
    for (const b of list) {
      if (b.url) {
        if (safe(b.url)) box.append(link(b.url, b.style, [b.label]));
        continue;
      }
      const el = make('button', b.style, b.label);
      el.type = 'button';
      el.onclick = () => { if (!b.write || !this.on.write()) this.press(b, on, el, box); };
      box.append(el);
    }
    return box;
  }

  press(b, on, el, box) {
    const set = b.once ? [...box.querySelectorAll('button')] : [el];
    set.forEach(x => { x.disabled = true; });
    this.on.focus(); // a button that is off keeps no focus
    this.on.pressed(b);
    this.on.post({
      type: 'action', id: name(), action: b.action, on, topic: this.topic,
      pressed: ok => {
        if (ok && b.once) return el.classList.add('chosen');
        set.forEach(x => { x.disabled = false; });
      },
    });
    this.bottom();
  }

  ask(label) {
    const form = make('form', 'ask'), input = make('input'), go = make('button', '', this.words.send);
    go.setAttribute('aria-label', label);
    input.type = 'tel';
    input.autocomplete = 'tel';
    input.placeholder = this.words.phone;
    input.setAttribute('aria-label', this.words.phone);
    form.append(input, go);
    form.onsubmit = e => {
      e.preventDefault();
      if (!input.value.trim()) return input.focus();
      this.say(input.value);
      input.disabled = go.disabled = true;
    };
    return form;
  }

  // --- what is looked at ---------------------------------------------------
  // bottom scrolls to the end, or to the beginning of an entry that is too
  // long to be seen at once.
  bottom(el) {
    const log = this.log;
    const long = this.ready && el && el.offsetHeight > log.clientHeight - 40;
    log.scrollTop = long ? el.offsetTop - log.offsetTop - 12 : log.scrollHeight;
    this.follow = !long;
    this.below = false;
    this.on.moved();
  }

  // Who scrolls up reads what was said before; who is at the end stays there,
  // whatever grows.
  scrolled() {
    const log = this.log;
    const end = log.scrollHeight - log.scrollTop - log.clientHeight < 90;
    if (end) { this.follow = true; this.below = false; } else if (log.scrollTop < this.top) this.follow = false;
    this.top = log.scrollTop;
    this.on.moved();
  }

  stay() { if (this.follow) this.bottom(); }

  // forget is for somebody new.
  forget() {
    this.last = this.seen = 0;
    this.entries.clear();
  }
}
