// The field that one writes into: it grows with the words, sends with Enter,
// and takes files that are chosen, pasted or dropped.

// field ties the elements of the page to what happens: send(text), attach(files)
// and typed(). carries says whether files are taken now.
export function field(on) {
  const $ = id => document.getElementById(id);
  const text = $('text');

  function grow() {
    text.style.height = 'auto';
    text.style.height = text.scrollHeight + 2 + 'px';
  }

  function submit() {
    if (on.send(text.value) === false) return;
    text.value = '';
    grow();
    text.focus();
  }

  const takes = e => (!on.carries || on.carries()) && e.dataTransfer && [...e.dataTransfer.types].includes('Files');
  $('attach').onclick = () => $('files').click();
  $('files').onchange = () => { on.attach([...$('files').files]); $('files').value = ''; focus(); };
  text.onpaste = e => {
    if (e.clipboardData.files.length && (!on.carries || on.carries())) { e.preventDefault(); on.attach([...e.clipboardData.files]); }
  };
  document.ondragover = e => { if (takes(e)) { e.preventDefault(); $('drop').hidden = false; } };
  document.ondragleave = e => { if (!e.relatedTarget) $('drop').hidden = true; };
  document.ondrop = e => {
    $('drop').hidden = true;
    if (takes(e)) { e.preventDefault(); on.attach([...e.dataTransfer.files]); }
  };
  text.oninput = () => { grow(); on.typed(text.value); };
  text.onkeydown = e => {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); submit(); }
  };
  $('write').onsubmit = e => { e.preventDefault(); submit(); };

  // focus does not call up the keyboard of a telephone.
  function focus() { if (!matchMedia('(pointer: coarse)').matches) text.focus(); }

  return {
    focus,
    get value() { return text.value; },
    set value(v) { text.value = v; grow(); },
  };
}

// dots shows for a while that an answer is being written.
export function dots() {
  const el = document.getElementById('typing');
  let pause;
  return function typing(on) {
    clearTimeout(pause);
    el.hidden = !on;
    if (on) pause = setTimeout(() => typing(false), 8000);
  };
}
