// The bubble on somebody else's page: a button and, once it is pressed, a
// frame with the chat. Styles are set on the elements one by one, so that a
// strict content policy needs to allow this script and this frame only.
(chat => {
  'use strict';
  const script = document.currentScript;
  if (!script || window[chat.path]) return;
  window[chat.path] = true;
  const origin = new URL(script.src).origin;
  const narrow = matchMedia('(max-width: 520px)');
  const shelf = 'open:' + chat.path;
  let frame, open = false;

  const style = (el, rules) => { for (const k in rules) el.style.setProperty(k, rules[k], 'important'); return el; };
  const svg = d => {
    const s = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const p = s.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'path'));
    s.setAttribute('viewBox', '0 0 24 24');
    s.setAttribute('aria-hidden', 'true');
    p.setAttribute('d', d);
    style(s, { width: '28px', height: '28px', fill: 'none', stroke: '#fff', 'stroke-width': '2', 'stroke-linecap': 'round', 'stroke-linejoin': 'round', display: 'block', margin: 'auto' });
    return s;
  };

  const bubble = style(document.createElement('button'), {
    all: 'initial', position: 'fixed', right: '20px', bottom: '20px', width: '56px', height: '56px', 'border-radius': '50%',
    background: '#0f766e', 'box-shadow': '0 4px 16px #0004', cursor: 'pointer', 'z-index': '2147483000',
  });
  bubble.type = 'button';
  const talk = 'M4 5h16v11H10l-4 4v-4H4z', down = 'M6 9l6 6 6-6';
  const sign = bubble.appendChild(svg(talk)).firstChild;
  const badge = style(document.createElement('span'), {
    all: 'initial', position: 'absolute', top: '-3px', right: '-3px', 'min-width': '20px', padding: '0 5px', 'box-sizing': 'border-box',
    'border-radius': '10px', background: '#d92d20', color: '#fff', font: '600 12px/20px system-ui, sans-serif', 'text-align': 'center', display: 'none',
  });
  bubble.append(badge);
  bubble.onfocus = () => style(bubble, { outline: bubble.matches(':focus-visible') ? '3px solid #5ec8bb' : 'none', 'outline-offset': '2px' });
  bubble.onblur = () => style(bubble, { outline: 'none' });

  function load() {
    frame = document.createElement('iframe');
    frame.title = chat.title;
    frame.src = origin + chat.path + '?embed=1&lang=' + encodeURIComponent(chat.lang) + '&page=' + encodeURIComponent(location.href.split('#')[0].slice(0, 2000));
    frame.onload = tell;
    document.body.append(frame);
    fit();
  }

  function fit() {
    if (!frame) return;
    const place = narrow.matches
      ? { right: '0', bottom: '0', width: '100%', height: '100%', 'border-radius': '0' }
      : { right: '20px', bottom: '88px', width: '384px', height: 'min(640px, calc(100vh - 108px))', 'border-radius': '14px' };
    style(frame, {
      all: 'initial', position: 'fixed', ...place, border: '0', 'box-shadow': '0 8px 40px #0004', 'z-index': '2147483001',
      'color-scheme': 'light dark', display: open ? 'block' : 'none',
    });
  }

  function tell() { frame.contentWindow.postMessage({ chat: 'shown', open }, origin); }

  function show(now) {
    open = now;
    if (open && !frame) load(); else if (frame) { fit(); tell(); }
    sign.setAttribute('d', open ? down : talk);
    bubble.setAttribute('aria-expanded', open);
    bubble.setAttribute('aria-label', open ? chat.words.close : chat.words.open);
    try { sessionStorage.setItem(shelf, open ? '1' : ''); } catch { /* it opens closed then */ }
  }

  bubble.onclick = () => show(!open);
  narrow.onchange = fit;
  addEventListener('message', e => {
    if (!frame || e.source !== frame.contentWindow || e.origin !== origin || !e.data) return;
    if (e.data.chat === 'close') { show(false); bubble.focus(); }
    if (e.data.chat === 'unread') { badge.textContent = e.data.n; style(badge, { display: e.data.n ? 'block' : 'none' }); }
  });

  function start() {
    document.body.append(bubble);
    let was = '';
    try { was = sessionStorage.getItem(shelf); } catch { /* as above */ }
    show(was === '1');
  }
  if (document.body) start(); else addEventListener('DOMContentLoaded', start);
})
