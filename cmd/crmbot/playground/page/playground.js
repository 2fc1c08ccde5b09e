'use strict';
// Tabs choose whose page is in front; on a wide screen the customer stays in
// sight besides. Prompts are said by the page in the frame above them.
(() => {
  const tabs = [...document.querySelectorAll('[role=tab]')];
  const seats = [...document.querySelectorAll('.seat')];
  const frames = seats.map(s => s.querySelector('iframe'));
  const narrow = matchMedia('(max-width: 960px)');
  let desk = 1; // who of the staff is in front

  function choose(n) {
    if (n) desk = n;
    if (!narrow.matches) n = desk;
    tabs.forEach((t, i) => {
      t.setAttribute('aria-selected', i === n);
      t.tabIndex = i === n ? 0 : -1;
    });
    tabs[n].classList.remove('news');
    seats.forEach((s, i) => s.classList.toggle('shown', i === n || !narrow.matches && !i));
    frames.forEach((_, i) => tell(i));
  }

  // tell says to a page whether it is in sight.
  function tell(n) {
    frames[n].contentWindow.postMessage({ chat: 'shown', open: seats[n].classList.contains('shown') }, location.origin);
  }

  tabs.forEach((tab, n) => {
    tab.onclick = () => choose(n);
    tab.onkeydown = e => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (!step) return;
      const there = tabs.filter(t => t.offsetParent), to = there[(there.indexOf(tab) + step + there.length) % there.length];
      choose(tabs.indexOf(to));
      to.focus();
    };
  });
  frames.forEach((f, n) => { f.onload = () => tell(n); });
  narrow.onchange = () => choose(narrow.matches ? 0 : desk);
  choose(0);

  document.querySelectorAll('#try li').forEach(step => { step.onclick = () => choose(+step.dataset.seat); });
  seats.forEach((seat, n) => {
    seat.querySelectorAll('.prompts button').forEach(prompt => {
      prompt.onclick = () => {
        const as = prompt.dataset.as;
        frames[n].contentWindow.postMessage({ chat: as ? 'fill' : 'say', as, text: prompt.textContent }, location.origin);
        prompt.classList.add('said');
      };
    });
  });

  // A page says that something new is in it.
  addEventListener('message', e => {
    if (e.origin !== location.origin || !e.data || e.data.chat !== 'heard') return;
    const n = frames.findIndex(f => f.contentWindow === e.source);
    if (n >= 0 && !seats[n].classList.contains('shown')) tabs[n].classList.add('news');
  });
})();
