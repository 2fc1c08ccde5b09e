// What people wrote, as elements. Everything becomes a text node, never HTML.
export function make(tag, cls, content) {
  const el = document.createElement(tag);
  if (cls) el.className = cls;
  if (content) el.textContent = content;
  return el;
}

// blocks are paragraphs and lists; people's own lines stay as they are.
export function blocks(lines, links) {
  if (!links) return [document.createTextNode(lines.map(l => (l.spans || []).map(s => s.text || '').join('')).join('\n'))];
  const out = [];
  for (const l of lines) {
    const el = make(l.item ? 'li' : 'p');
    el.append(...(l.spans || []).flatMap(span));
    if (!l.item) out.push(el);
    else if (out.length && out[out.length - 1].tagName === 'UL') out[out.length - 1].append(el);
    else { const ul = make('ul'); ul.append(el); out.push(ul); }
  }
  return out;
}

function span(s) {
  if (s.kind === 'a' && safe(s.url)) return [link(s.url, '', s.spans ? s.spans.flatMap(span) : [s.url])];
  if (!s.kind || s.kind === 'a') return s.spans ? s.spans.flatMap(span) : addresses(s.text || '');
  const el = make(s.kind === 'strong' ? 'strong' : s.kind === 'em' ? 'em' : 'code', '', s.text);
  el.append(...(s.spans || []).flatMap(span));
  return [el];
}

const address = /(https?:\/\/[^\s<>"'\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]+[^\s<>"'\u3000-\u303f\uff00-\uffef\u4e00-\u9fff.,;:!?)\]])/;
function addresses(s) {
  return s.split(address).filter(Boolean).map(part => address.test(part) ? link(part, '', [part]) : document.createTextNode(part));
}

export function safe(url) { return /^(https?:\/\/|mailto:|tel:)/i.test(url || ''); }

export function link(url, cls, inside) {
  const a = make('a', cls);
  a.href = url;
  a.target = '_blank';
  a.rel = 'noopener noreferrer nofollow';
  a.append(...inside.map(x => x.tagName === 'A' ? x.textContent : x));
  return a;
}

// card shows a record: its fields, its text, and the buttons that belong to it.
export function card(c, buttons) {
  const el = make('section', 'card');
  el.append(make('h2', '', c.title));
  if (c.subtitle) el.append(make('p', '', c.subtitle));
  if (c.fields) {
    const dl = make('dl');
    c.fields.forEach(f => {
      const row = make('div');
      row.append(make('dt', '', f.name), make('dd', '', f.value));
      dl.append(row);
    });
    el.append(dl);
  }
  if (c.text) el.append(...blocks(c.text, true));
  if (buttons) el.append(buttons);
  return el;
}

// table shows rows, numbers to the right.
export function table(t) {
  const el = make('table');
  const number = (t.header || []).map((_, i) => t.rows.length && t.rows.every(r => !r[i] || /^[^\p{L}\d]{0,3}\d/u.test(r[i]) && !/\d-\d/.test(r[i])));
  const row = (cells, tag) => {
    const tr = make('tr');
    cells.forEach((c, i) => tr.append(make(tag, number[i] ? 'number' : '', c)));
    return tr;
  };
  const head = make('thead'), body = make('tbody');
  head.append(row(t.header || [], 'th'));
  body.append(...t.rows.map(r => row(r, 'td')));
  el.append(head, body);
  return el;
}

// files are pictures to look at and the rest to save. Where the address of a
// picture shows none, it becomes a file to save.
export function files(list, lang) {
  return list.map(f => {
    if (!f.picture || !f.url) return file(f, lang);
    const a = make('a', 'picture'), img = make('img');
    a.href = f.url;
    a.target = '_blank';
    a.rel = 'noopener noreferrer';
    img.alt = f.name;
    img.onerror = () => a.replaceWith(file(f, lang));
    img.src = f.url;
    a.append(img);
    return a;
  });
}

function file(f, lang) {
  const el = make(f.url ? 'a' : 'span', 'file');
  if (f.url) { el.href = f.url; el.download = f.name; }
  el.append(make('span', 'name', f.name));
  if (f.size) el.append(make('span', 'size', size(f.size, lang)));
  return el;
}

function size(n, lang) {
  const big = n >= 1 << 20;
  return (big ? n / (1 << 20) : Math.max(1, n / 1024)).toLocaleString(lang, {
    style: 'unit', unit: big ? 'megabyte' : 'kilobyte', maximumFractionDigits: big ? 1 : 0,
  });
}
