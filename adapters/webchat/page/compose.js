// What one writes in a thread, and for whom: a note unless something else was
// chosen, and a note again after every change of conversation.
import { make } from './paint.js';
import { field } from './field.js';

const signs = /^\s*(reply|r|回复|回)\s*[:：]\s*/i;

// compose ties the form of the page to send(text, files, as).
export function compose(chat, on) {
  const words = chat.words;
  const $ = id => document.getElementById(id);
  const ways = [...document.querySelectorAll('#ways input')];
  const says = {
    note: [words.go_note, words.hint_note, words.write_note],
    customer: [words.go_customer, words.hint_customer, words.write_customer],
    bot: [words.go_bot, words.hint_bot, words.write_bot],
  };
  const short = { note: words.as_note, customer: words.send, bot: words.send }; // on a phone the field needs the room
  const narrow = matchMedia('(max-width: 719px)');
  let thread = false, customer = '', staged = [];
  let changing; // what becomes of words that are changed

  const write = field({
    send: text => {
      if (thread && !text.trim() && !staged.length) return;
      if (changing) {
        if (!text.trim()) return false;
        changing(text.trim());
        return changed();
      }
      const files = staged;
      stage([]);
      on.send(text, files, thread ? as() : undefined);
    },
    attach: files => { if (thread) stage(staged.concat(files)); else on.send('', files); },
    carries: () => !thread || !changing && as() !== 'bot',
    typed: text => {
      // Whoever is used to write "r:" elsewhere sees at once that it does the same here.
      if (thread && !changing && as() === 'note' && signs.test(text)) {
        write.value = text.replace(signs, '');
        choose('customer');
      }
    },
  });

  function as() { return ways.find(w => w.checked).value; }

  // choose says who reads what is written, on the button too.
  function choose(way) {
    ways.forEach(w => { w.checked = w.value === way; });
    const form = $('write');
    form.className = thread ? 'thread as-' + way : '';
    $('ways').hidden = !thread;
    $('attach').hidden = thread && (way === 'bot' || !!changing);
    $('ways').disabled = !!changing;
    $('unchange').hidden = !changing;
    if (way === 'bot') stage([]);
    const [go, hint, label] = thread ? says[way].map(word => word.replace('{name}', customer || words.the_customer)) : [words.send, '', words.write];
    const whole = changing ? words.go_edit : go;
    $('go').textContent = !changing && thread && narrow.matches ? short[way] : whole;
    $('go').setAttribute('aria-label', whole);
    $('hint').textContent = changing ? words.hint_edit : hint;
    $('text').placeholder = label;
    $('text').setAttribute('aria-label', label);
  }

  // changed ends the change of words.
  function changed() {
    changing = undefined;
    choose(as());
  }

  // stage shows the files that go with the next words.
  function stage(files) {
    staged = files;
    $('staged').hidden = !files.length;
    $('staged').replaceChildren(...files.map(f => {
      const el = make('li', '', f.name), off = make('button', '', '×');
      off.type = 'button';
      off.setAttribute('aria-label', words.unstage.replace('{name}', f.name));
      off.onclick = () => { stage(staged.filter(x => x !== f)); write.focus(); };
      el.append(off);
      return el;
    }));
  }

  narrow.onchange = () => choose(as());
  ways.forEach(w => { w.onchange = () => { choose(w.value); }; });
  const leave = () => { write.value = ''; changed(); write.focus(); };
  $('unchange').onclick = leave;
  $('write').onkeydown = e => {
    if (e.key === 'Escape' && changing) { e.preventDefault(); leave(); }
    else if (e.key === 'Escape' && thread && as() !== 'note') { e.preventDefault(); choose('note'); write.focus(); }
  };

  return {
    focus: () => write.focus(),
    choose(way) { changing = undefined; choose(way); write.focus(); },
    get as() { return thread ? as() : undefined; },
    get draft() { return changing ? '' : write.value; },
    set text(v) { write.value = v; },
    // turn begins anew for another conversation, with what was left unsent in it.
    turn(isThread, name, draft) {
      thread = isThread;
      customer = name;
      changing = undefined;
      stage([]);
      write.value = draft || '';
      choose('note');
    },
    // called follows the name of the customer.
    called(name) {
      if (name === customer) return;
      customer = name;
      choose(as());
    },
    // edit has words changed, for those who read them already.
    edit(text, way, done) {
      changing = done;
      stage([]);
      write.value = text;
      choose(way);
      write.focus();
    },
    toNote() { if (thread && !changing) choose('note'); },
  };
}
