'use strict';
// The chat page. It shows the entries of the conversation, keeps what was not
// acknowledged, and sends it again on the next socket under the same name.
(() => {
  const chat = JSON.parse(document.getElementById('chat').textContent);
  const words = chat.words;
  const { make, blocks, card, table, link, safe, files } = paint;
  const $ = id => document.getElementById(id);
  const log = $('log'), text = $('text'), notice = $('notice'), news = $('news');
  const query = new URLSearchParams(location.search);
  const given = new URLSearchParams(location.hash.slice(1)).get('token'); // somebody signed in
  const shelf = 'chat:' + chat.path;

  let kept = '';          // the token where there is no storage
  let socket, tries = 0, again, ready = false, ended = false;
  let last = 0, seen = 0, unread = 0, opened = !chat.embed;
  const waiting = [];     // frames that were not acknowledged, in order
  const uploads = [];     // what wakes up a file that waits for the first socket
  let queued = Promise.resolve(); // files go one after the other, as they were chosen
  let follow = true, top = 0;     // whether the end is looked at, and from where
  const entries = new Map(); // by number: element
  const mine = new Map();    // by our own name: element
  const greeting = make('p', 'hello', words.hello);
  log.append(greeting);
  if (parent !== window && chat.staff) document.querySelector('header').hidden = true; // the frame has its own

  // --- the token -----------------------------------------------------------
  function token(value) {
    if (given) return given;
    try {
      if (value !== undefined) value ? localStorage.setItem(shelf, value) : localStorage.removeItem(shelf);
      return localStorage.getItem(shelf) || '';
    } catch {
      if (value !== undefined) kept = value;
      return kept;
    }
  }

  // --- the socket ----------------------------------------------------------
  function connect() {
    clearTimeout(again);
    if (ended || socket) return;
    ready = false;
    socket = new WebSocket(location.origin.replace(/^http/, 'ws') + chat.path + '/socket');
    socket.onopen = () => send({
      type: 'hello', token: token(), lang: chat.lang, after: last,
      page: query.get('page') || location.href.split('#')[0],
    });
    socket.onmessage = e => receive(JSON.parse(e.data));
    socket.onclose = lost;
  }

  function lost() {
    socket = null;
    ready = false;
    if (ended) return;
    tell();
    clearTimeout(again);
    again = setTimeout(connect, Math.min(15000, 500 * 2 ** tries++) * (0.5 + Math.random() / 2));
    setTimeout(tell, 1500);
  }

  function hurry() { tries = 0; connect(); tell(); }

  function send(frame) {
    if (socket && socket.readyState === 1) socket.send(JSON.stringify(frame));
  }

  function receive(a) {
    if (a.type === 'welcome') {
      if (a.token) token(a.token);
    } else if (a.type === 'ready') {
      ready = true;
      tries = 0;
      log.setAttribute('aria-busy', 'false');
      if (opened && chat.embed) send({ type: 'open' });
      waiting.forEach(send);
      uploads.splice(0).forEach(go => go());
      tell();
      show();
    } else if (a.type === 'entry') {
      draw(a);
    } else if (a.type === 'typing') {
      typing(true);
    } else if (a.type === 'ack') {
      settle(a.id);
    } else if (a.type === 'refused') {
      refused(a);
    }
  }

  function refused(a) {
    if (a.why === 'expired') {
      if (given) { ended = true; tell(words.expired); } else stranger();
    } else if (a.why === 'later') {
      tell(words.later);
      setTimeout(() => waiting.filter(f => f.id === a.id).forEach(send), 3000);
    } else {
      fail(a.id, words[a.why] || words.bad);
    }
  }

  // stranger forgets a token that is not good any more: somebody new is here.
  function stranger() {
    token('');
    last = seen = 0;
    entries.clear();
  }

  // tell shows what is wrong with the connection, if it lasts.
  function tell(what) {
    if (!what && !ended) {
      if (!navigator.onLine) what = words.offline;
      else if (!socket && tries > 1) what = words.connecting;
      else what = '';
    }
    if (what === undefined) return;
    if (notice.textContent !== what) notice.textContent = what;
    notice.hidden = !what;
  }

  // --- what goes out -------------------------------------------------------
  function name() {
    return Array.from(crypto.getRandomValues(new Uint8Array(12)), b => b.toString(16).padStart(2, '0')).join('');
  }

  function say(what) {
    what = what.trim();
    if (!what) return;
    const frame = { type: 'message', id: name(), text: what };
    const entry = { from: 'me', mine: frame.id, at: new Date().toISOString(), text: what.split('\n').map(l => ({ spans: [{ text: l }] })) };
    const el = place(build(entry), entry);
    mine.set(frame.id, el);
    if ([...what].length > chat.textMax) return fail(frame.id, words.long, frame);
    queue(frame, el);
    bottom();
  }

  function queue(frame, el) {
    el.classList.remove('failed');
    el.classList.add('busy');
    state(el, words.sending);
    post(frame);
  }

  // post keeps a frame until it is acknowledged; a socket that does not answer
  // in time is given up.
  function post(frame) {
    if (frame.file) { queued = queued.then(() => upload(frame)); return; }
    waiting.push(frame);
    if (ready) send(frame); else hurry();
    setTimeout(() => { if (waiting.includes(frame) && ready && notice.hidden) socket.close(); }, 10000);
  }

  // attach sends each file as a message of its own.
  function attach(list) {
    begin();
    for (const file of list) {
      const picture = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
      const frame = { file, id: name() };
      const entry = {
        from: 'me', mine: frame.id, at: new Date().toISOString(),
        files: [{ name: file.name, size: file.size, picture, url: URL.createObjectURL(file) }],
      };
      const el = place(build(entry), entry);
      mine.set(frame.id, el);
      if (file.size > chat.fileMax) fail(frame.id, words.large, frame);
      else if (!file.size) fail(frame.id, words.empty, frame);
      else queue(frame, el);
    }
    bottom();
  }

  // upload brings a file to us. It is tried again by itself while the line is
  // bad; the other side knows it by its name.
  async function upload(frame) {
    const wait = ms => new Promise(go => { setTimeout(go, ms); });
    const query = new URLSearchParams({ id: frame.id, name: frame.file.name, lang: chat.lang });
    for (let attempt = 1; ; attempt++) {
      if (!ready && !token()) await new Promise(go => { uploads.push(go); hurry(); });
      let why = 'later';
      try {
        const answer = await fetch(chat.path + '/file?' + query, {
          method: 'POST', body: frame.file, headers: { Authorization: 'Bearer ' + token() },
        });
        why = (await answer.json()).why;
      } catch { /* try again */ }
      if (!why) return settle(frame.id);
      if (why !== 'later' && why !== 'fast' || attempt === 4) return fail(frame.id, words[why] || words.bad, frame);
      await wait(4000 * attempt);
    }
  }

  function done(id) {
    const i = waiting.findIndex(f => f.id === id);
    return i < 0 ? undefined : waiting.splice(i, 1)[0];
  }

  // settle shows what is safe, with a word under the last of it.
  function settle(id) {
    const frame = done(id);
    tell();
    if (frame && frame.pressed) return frame.pressed(true);
    const el = mine.get(id);
    if (!el) return;
    el.classList.remove('busy', 'failed');
    const sure = [...log.querySelectorAll('.me:not(.failed, .busy)')];
    sure.forEach(x => { const s = x.querySelector('.state'); if (s) s.remove(); });
    state(sure.pop(), words.sent);
  }

  function fail(id, why, frame = done(id)) {
    if (frame && frame.pressed) { frame.pressed(false); return tell(why); }
    const el = mine.get(id);
    if (!el || !frame) return;
    el.classList.remove('busy');
    el.classList.add('failed');
    const s = state(el, words.failed + ' · ' + why);
    if (why === words.long || why === words.large || why === words.empty) return;
    const retry = make('button', '', words.retry);
    retry.type = 'button';
    retry.onclick = () => queue(frame, el);
    s.append(' ', retry);
  }

  function state(el, what) {
    let s = el.querySelector('.state');
    if (!s) el.append(s = make('div', 'state'));
    s.textContent = what;
    return s;
  }

  // --- what is shown -------------------------------------------------------
  function draw(e) {
    last = Math.max(last, e.entry);
    if (entries.has(e.entry) || (e.from === 'me' && !e.text && !e.files && !e.deleted)) return;
    if (e.from !== 'me') typing(false);
    const target = entries.get(e.replace);
    if (target) {
      const el = build(e), who = target.querySelector('.who');
      el.className = target.className;
      Object.assign(el.dataset, target.dataset);
      if (who) el.prepend(who);
      target.replaceWith(el);
      entries.set(e.replace, el);
      entries.set(e.entry, el);
    } else if (e.mine && mine.has(e.mine)) {
      const el = mine.get(e.mine);
      const next = pending();
      el.dataset.entry = e.entry;
      entries.set(e.entry, el);
      if (next && next !== el) { // it was quicker than what was begun before it
        log.insertBefore(el, next);
        [el, next, ...log.children].forEach(x => { if (x.dataset.who) group(x); });
      }
      settle(e.mine);
      return;
    } else {
      if (e.from === 'bot') log.querySelectorAll('.ask').forEach(x => x.remove()); // what it asked was long ago
      entries.set(e.entry, place(build(e), e));
      if (e.mine) mine.set(e.mine, entries.get(e.entry));
      if (ready && e.from !== 'me') heard();
      if (follow || !ready) bottom(entries.get(e.entry)); else news.hidden = false;
    }
    show();
  }

  // pending is the first of our own that the other side has not put in its
  // place.
  function pending() { return log.querySelector('.me:not([data-entry], .failed)'); }

  // place puts an entry at the end, but before what the other side has not
  // put in its place yet, and under its day, author and time.
  function place(el, e) {
    const at = new Date(e.at), next = e.entry ? pending() : null;
    if (e.entry) el.dataset.entry = e.entry;
    el.dataset.day = at.toDateString();
    el.dataset.who = e.from + (e.name || '');
    el.dataset.at = +at;
    greeting.remove();
    log.insertBefore(el, next);
    const before = el.previousElementSibling;
    if (before ? before.dataset.day !== el.dataset.day : el.dataset.day !== new Date().toDateString()) {
      el.before(make('div', 'day', at.toLocaleDateString(chat.lang, { month: 'long', day: 'numeric', weekday: 'short' })));
    }
    const who = make('div', 'who');
    who.append(make('span', '', e.from === 'me' ? words.you : e.name || words.bot), ' ', make('time', '', at.toLocaleTimeString(chat.lang, { hour: '2-digit', minute: '2-digit' })));
    el.prepend(who);
    group(el);
    if (next) group(next);
    if (ready) el.classList.add('new');
    return el;
  }

  // group shows author and time above the first of several entries only.
  function group(el) {
    const before = el.previousElementSibling;
    el.classList.toggle('first', !before || before.dataset.who !== el.dataset.who || el.dataset.at - before.dataset.at > 300000);
  }

  function build(e) {
    const el = make('div', 'entry ' + e.from);
    if (e.deleted) {
      el.append(make('div', 'bubble gone', words.deleted));
      return el;
    }
    const body = make('div', 'bubble');
    if (e.text) body.append(...blocks(e.text, e.from !== 'me'));
    (e.cards || []).forEach(c => body.append(card(c, c.buttons && buttons(c.buttons, e.entry))));
    if (e.table) body.append(table(e.table));
    if (e.files) body.append(...files(e.files, chat.lang));
    if (body.childNodes.length) el.append(body);
    if (e.ask) el.append(ask(e.ask));
    if (e.buttons) el.append(buttons(e.buttons, e.entry));
    return el;
  }

  function buttons(list, on) {
    const box = make('div', 'buttons');
    for (const b of list) {
      if (b.url) {
        if (safe(b.url)) box.append(link(b.url, b.style, [b.label]));
        continue;
      }
      const el = make('button', b.style, b.label);
      el.type = 'button';
      el.onclick = () => press(b, on, el, box);
      box.append(el);
    }
    return box;
  }

  function press(b, on, el, box) {
    const set = b.once ? [...box.querySelectorAll('button')] : [el];
    set.forEach(x => { x.disabled = true; });
    focus(); // a button that is off keeps no focus
    post({
      type: 'action', id: name(), action: b.action, on,
      pressed: ok => {
        if (ok && b.once) return el.classList.add('chosen');
        set.forEach(x => { x.disabled = false; });
      },
    });
    bottom();
  }

  function ask(label) {
    const form = make('form', 'ask'), input = make('input'), go = make('button', '', words.send);
    go.setAttribute('aria-label', label);
    input.type = 'tel';
    input.autocomplete = 'tel';
    input.placeholder = words.phone;
    input.setAttribute('aria-label', words.phone);
    form.append(input, go);
    form.onsubmit = e => {
      e.preventDefault();
      if (!input.value.trim()) return input.focus();
      say(input.value);
      input.disabled = go.disabled = true;
    };
    return form;
  }

  // typing shows for a while that an answer is being written.
  let pause;
  function typing(on) {
    clearTimeout(pause);
    $('typing').hidden = !on;
    if (on) pause = setTimeout(() => typing(false), 8000);
  }

  // --- what was seen -------------------------------------------------------
  // bottom scrolls to the end, or to the beginning of an entry that is too
  // long to be seen at once.
  function bottom(el) {
    const long = ready && el && el.offsetHeight > log.clientHeight - 40;
    log.scrollTop = long ? el.offsetTop - log.offsetTop - 12 : log.scrollHeight;
    follow = !long;
    news.hidden = true;
  }

  // Who scrolls up reads what was said before; who is at the end stays there,
  // whatever grows.
  log.onscroll = () => {
    const end = log.scrollHeight - log.scrollTop - log.clientHeight < 90;
    if (end) { follow = true; news.hidden = true; } else if (log.scrollTop < top) follow = false;
    top = log.scrollTop;
  };
  const stay = () => { if (follow) bottom(); };
  log.addEventListener('load', stay, true);
  new ResizeObserver(stay).observe(log);

  function heard() {
    if (parent !== window && !chat.embed) parent.postMessage({ chat: 'heard' }, location.origin);
    if (opened && !document.hidden) return;
    unread++;
    badge();
  }

  function badge() {
    document.title = (unread ? '(' + unread + ') ' : '') + chat.title;
    if (chat.embed) parent.postMessage({ chat: 'unread', n: unread }, '*');
  }

  // show proves to the other side that the entries are on the screen.
  function show() {
    if (!opened || document.hidden) return;
    if (unread) { unread = 0; badge(); }
    if (ready && last > seen) send({ type: 'seen', upTo: seen = last });
  }

  // --- the person ----------------------------------------------------------
  // focus does not call up the keyboard of a telephone.
  function focus() { if (!matchMedia('(pointer: coarse)').matches) text.focus(); }

  function grow() {
    text.style.height = 'auto';
    text.style.height = text.scrollHeight + 2 + 'px';
  }

  function submit() {
    say(text.value);
    text.value = '';
    grow();
    text.focus();
  }

  let begun = false;
  function begin() {
    if (!begun && ready) { begun = true; send({ type: 'open' }); }
  }

  // --- files ---------------------------------------------------------------
  const carries = e => e.dataTransfer && [...e.dataTransfer.types].includes('Files');
  $('attach').onclick = () => $('files').click();
  $('files').onchange = () => { attach([...$('files').files]); $('files').value = ''; focus(); };
  text.onpaste = e => { if (e.clipboardData.files.length) { e.preventDefault(); attach([...e.clipboardData.files]); } };
  document.ondragover = e => { if (carries(e)) { e.preventDefault(); $('drop').hidden = false; } };
  document.ondragleave = e => { if (!e.relatedTarget) $('drop').hidden = true; };
  document.ondrop = e => {
    $('drop').hidden = true;
    if (carries(e)) { e.preventDefault(); attach([...e.dataTransfer.files]); }
  };

  text.oninput = () => { grow(); begin(); };
  text.onkeydown = e => {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); submit(); }
  };
  $('write').onsubmit = e => { e.preventDefault(); submit(); };
  if ($('person')) $('person').onclick = () => say(words.person_say);
  if ($('close')) $('close').onclick = () => parent.postMessage({ chat: 'close' }, '*');
  news.onclick = () => bottom();
  document.onkeydown = e => { if (e.key === 'Escape' && $('close')) $('close').click(); };
  document.onvisibilitychange = () => { if (!document.hidden) { hurry(); show(); } };
  window.ononline = hurry;
  window.onoffline = () => tell();

  // The page around this one may open and close it, and one of our own house
  // may put words into a person's mouth.
  window.onmessage = e => {
    if (e.source !== parent || !e.data || parent === window) return;
    if (chat.embed && e.data.chat === 'shown') {
      opened = e.data.open === true;
      if (opened) { begin(); show(); focus(); }
    } else if (e.data.chat === 'say' && e.origin === location.origin) {
      say(String(e.data.text));
    }
  };
  connect();
})();
