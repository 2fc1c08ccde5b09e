// The line to the other side: a socket that is opened again whenever it is
// lost. What was not acknowledged is kept and sent again under the same name.

// name is what the other side knows a frame of ours by.
export function name() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), b => b.toString(16).padStart(2, '0')).join('');
}

// openLine connects at once. on has
//
//	hello()         what the hello says besides: {after}
//	ready()         everything old was sent
//	frame(a)        any other frame
//	settle(f, id)   a frame of ours is safe; f is undefined if it was settled before
//	fail(f, id, why)
//	tell(text)      what is wrong with the line, '' if nothing is
//	stranger()      the token is no good any more
export function openLine(chat, on) {
  const words = chat.words, shelf = 'chat:' + chat.path;
  const query = new URLSearchParams(location.search);
  const given = new URLSearchParams(location.hash.slice(1)).get('token'); // somebody signed in
  const waiting = [];     // frames that were not acknowledged, in order
  const uploads = [];     // what wakes up a file that waits for the first socket
  let kept = '';          // the token where there is no storage
  let socket, tries = 0, again, ready = false, ended = false, told = '';
  let queued = Promise.resolve(); // files go one after the other, as they were chosen

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

  function connect() {
    clearTimeout(again);
    if (ended || socket) return;
    ready = false;
    socket = new WebSocket(location.origin.replace(/^http/, 'ws') + chat.path + '/socket');
    socket.onopen = () => send({
      type: 'hello', token: token(), lang: chat.lang, page: query.get('page') || location.href.split('#')[0], ...on.hello(),
    });
    socket.onmessage = e => receive(JSON.parse(e.data));
    socket.onclose = lost;
  }

  // Who was told to go comes back when the other side is there again, and not
  // at the same moment as thousands of others.
  function lost(e) {
    const first = e.code === 1001 ? 3000 : 500;
    socket = null;
    ready = false;
    if (ended) return;
    tell();
    clearTimeout(again);
    again = setTimeout(connect, Math.min(15000, first * 2 ** tries++) * (0.5 + Math.random() / 2));
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
      on.ready();
      waiting.forEach(send);
      uploads.splice(0).forEach(go => go());
      tell();
    } else if (a.type === 'ack') {
      settle(a.id);
    } else if (a.type === 'refused') {
      refused(a);
    } else {
      on.frame(a);
    }
  }

  function refused(a) {
    if (a.why === 'expired') {
      if (given) { ended = true; tell(words.expired); } else { token(''); on.stranger(); }
    } else if (a.why === 'later') {
      tell(words.later);
      setTimeout(() => waiting.filter(f => f.id === a.id).forEach(send), 3000);
    } else {
      fail(a.id, words[a.why] || words.bad);
    }
  }

  // tell shows what is wrong with the connection, if it lasts.
  function tell(what) {
    if (!what && !ended) {
      if (!navigator.onLine) what = words.offline;
      else if (!socket && tries > 1) what = words.connecting;
      else what = '';
    }
    if (what === undefined) return;
    told = what;
    on.tell(what);
  }

  // post keeps a frame until it is acknowledged; a socket that does not answer
  // in time is given up.
  function post(frame) {
    if (frame.file) { queued = queued.then(() => upload(frame)); return; }
    waiting.push(frame);
    if (ready) send(frame); else hurry();
    setTimeout(() => { if (waiting.includes(frame) && ready && !told) socket.close(); }, 10000);
  }

  // upload brings a file to us. It is tried again by itself while the line is
  // bad; the other side knows it by its name.
  async function upload(frame) {
    const wait = ms => new Promise(go => { setTimeout(go, ms); });
    const about = new URLSearchParams({ id: frame.id, name: frame.file.name, lang: chat.lang });
    for (const key of ['topic', 'as', 'text']) if (frame[key]) about.set(key, frame[key]);
    for (let attempt = 1; ; attempt++) {
      if (!ready && !token()) await new Promise(go => { uploads.push(go); hurry(); });
      let why = 'later';
      try {
        const answer = await fetch(chat.path + '/file?' + about, {
          method: 'POST', body: frame.file, headers: { Authorization: 'Bearer ' + token() },
        });
        why = (await answer.json()).why;
      } catch { /* try again */ }
      if (!why) return settle(frame.id, frame);
      if (why !== 'later' && why !== 'fast' || attempt === 4) return fail(frame.id, words[why] || words.bad, frame);
      await wait(4000 * attempt);
    }
  }

  function done(id) {
    const i = waiting.findIndex(f => f.id === id);
    return i < 0 ? undefined : waiting.splice(i, 1)[0];
  }

  function settle(id, frame = done(id)) {
    tell();
    if (frame && frame.pressed) frame.pressed(true); else on.settle(frame, id);
  }

  function fail(id, why, frame = done(id)) {
    if (frame && frame.pressed) { frame.pressed(false); tell(why); } else if (frame) on.fail(frame, id, why);
  }

  window.ononline = hurry;
  window.onoffline = () => tell();
  connect();
  return {
    send, post, hurry,
    get ready() { return ready; },
    // forget signs off: the next socket is a stranger's.
    forget() { ended = true; token(''); if (socket) socket.close(); },
  };
}
