// The list of conversations, with the bot's own on top.
import { make } from './paint.js';

// nameless is what somebody is called whose name nobody knows.
export const nameless = (t, words) => t.ref ? words.customer_ref.replace('{ref}', t.ref) : words.customer;

// List draws into the element ul. choose(topic) is called with what is chosen,
// '' for the bot.
export class List {
  constructor(chat, ul, choose) {
    this.chat = chat;
    this.words = chat.words;
    this.ul = ul;
    this.choose = choose;
    this.threads = [];
    this.chosen = undefined;
    this.botUnread = 0;
    setInterval(() => this.draw(), 20000); // how long somebody waits goes on
  }

  // unread is how many conversations have something new.
  get unread() {
    return this.threads.filter(t => t.unread && t.topic !== this.chosen).length + (this.botUnread ? 1 : 0);
  }

  find(topic) { return this.threads.find(t => t.topic === topic); }

  draw() {
    const focused = this.ul.contains(document.activeElement) ? document.activeElement.dataset.topic : undefined;
    this.ul.replaceChildren(this.bot(), ...this.threads.map(t => this.thread(t)));
    if (focused !== undefined) this.focus(focused);
  }

  // focus puts the focus on an entry, the first if there is none of that name.
  focus(topic) {
    const all = [...this.ul.querySelectorAll('button')];
    (all.find(x => x.dataset.topic === topic) || all[0])?.focus();
  }

  bot() {
    const { el, button } = this.item('', 'bot', this.botUnread);
    button.append(make('span', 'name', this.words.my_bot), make('span', 'last', this.words.my_bot_what));
    this.news(button, this.botUnread);
    return el;
  }

  thread(t) {
    const unread = t.unread && t.topic !== this.chosen;
    const { el, button } = this.item(t.topic, t.status || '', unread);
    const top = make('span', 'top'), foot = make('span', 'foot');
    top.append(make('span', 'name', t.title || nameless(t, this.words)));
    if (t.at) top.append(make('time', '', this.when(new Date(t.at))));
    if (t.platform) foot.append(make('span', '', t.platform));
    const who = t.mine ? this.words.mine : t.assignee || (t.status === 'waiting' || t.waits ? this.words.nobody_yet : '');
    if (who) foot.append(make('span', t.mine ? 'mine' : '', who));
    if (t.waits) foot.append(make('span', 'waits', this.words.waits.replace('{time}', this.since(new Date(t.waits)))));
    else if (t.status === 'closed') foot.append(make('span', '', this.words.closed));
    button.append(top, make('span', 'last', t.last || ''), foot);
    this.news(button, unread);
    return el;
  }

  item(topic, cls, unread) {
    const el = make('li'), button = make('button', cls + (unread ? ' unread' : ''));
    button.type = 'button';
    button.dataset.topic = topic;
    if (topic === this.chosen) button.setAttribute('aria-current', 'true');
    button.onclick = () => this.choose(topic);
    el.append(button);
    return { el, button };
  }

  news(button, unread) {
    if (unread) button.append(make('span', 'unseen', this.words.unread));
  }

  // when is the time of today, else the day.
  when(at) {
    const today = at.toDateString() === new Date().toDateString();
    return at.toLocaleString(this.chat.lang, today ? { hour: '2-digit', minute: '2-digit' } : { month: 'short', day: 'numeric' });
  }

  // since is how long ago that was, in the largest unit.
  since(at) {
    const minutes = Math.max(0, Math.floor((Date.now() - at) / 60000));
    const [n, unit] = minutes < 60 ? [Math.max(1, minutes), 'minute'] : minutes < 2880 ? [Math.floor(minutes / 60), 'hour'] : [Math.floor(minutes / 1440), 'day'];
    return n.toLocaleString(this.chat.lang, { style: 'unit', unit, unitDisplay: 'short' });
  }
}
