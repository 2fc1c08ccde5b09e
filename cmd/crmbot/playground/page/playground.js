'use strict';
// Prompts are said by the chat in the frame above them; on a narrow screen
// tabs choose who is in front.
(() => {
  const tabs = [...document.querySelectorAll('[role=tab]')];
  const seats = [...document.querySelectorAll('section')];

  function choose(n) {
    tabs.forEach((t, i) => {
      t.setAttribute('aria-selected', i === n);
      t.tabIndex = i === n ? 0 : -1;
    });
    tabs[n].classList.remove('news');
    seats.forEach((s, i) => s.classList.toggle('front', i === n));
  }

  tabs.forEach((tab, n) => {
    tab.onclick = () => choose(n);
    tab.onkeydown = e => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (!step) return;
      const to = (n + step + tabs.length) % tabs.length;
      choose(to);
      tabs[to].focus();
    };
  });
  choose(0);

  seats.forEach(seat => {
    const frame = seat.querySelector('iframe');
    seat.querySelectorAll('.prompts button').forEach(prompt => {
      prompt.onclick = () => {
        frame.contentWindow.postMessage({ chat: 'say', text: prompt.textContent }, location.origin);
        prompt.classList.add('said');
      };
    });
  });

  // A chat says that something new is in it.
  addEventListener('message', e => {
    if (e.origin !== location.origin || !e.data || e.data.chat !== 'heard') return;
    const n = seats.findIndex(s => s.querySelector('iframe').contentWindow === e.source);
    if (n >= 0 && !seats[n].classList.contains('front')) tabs[n].classList.add('news');
  });
})();
