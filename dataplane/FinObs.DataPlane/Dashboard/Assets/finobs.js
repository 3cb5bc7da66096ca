// What needs no round trip: times in the reader's zone, copying, keys, theme, drafts of notes, the state of the connection.
'use strict';
(() => {
  const year = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  const unit = (value, name) => `${value} ${name}`;

  function inWords(at, as) {
    if (as === 'absolute') return year.format(at);
    const seconds = Math.round((Date.now() - at) / 1000);
    if (seconds < 0 || seconds >= 86400) return day.format(at);
    if (seconds < 5) return 'now';
    if (seconds < 60) return unit(seconds, 's ago');
    return seconds < 3600 ? unit(Math.floor(seconds / 60), 'min ago') : unit(Math.floor(seconds / 3600), 'h ago');
  }

  // The text lies in a shadow tree, so that whoever renders the page never meets it; without this script the time is there in UTC.
  const times = new Set();
  customElements.define('fo-time', class extends HTMLElement {
    static observedAttributes = ['datetime', 'data-as'];
    connectedCallback() {
      this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      times.add(this);
      this.show();
    }
    disconnectedCallback() { times.delete(this); }
    attributeChangedCallback() { if (this.shadowRoot) this.show(); }
    show() {
      const at = new Date(this.getAttribute('datetime'));
      const text = Number.isNaN(at.getTime()) ? this.textContent : inWords(at, this.dataset.as);
      if (this.shadowRoot.textContent !== text) this.shadowRoot.textContent = text;
    }
  });
  setInterval(() => { if (!document.hidden) times.forEach(time => time.show()); }, 5000);

  // Theme: a cookie, so that the server's first byte has it.
  function changeTheme() {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    document.cookie = `fo-theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  }

  async function signOut() {
    await fetch('/signout', { method: 'POST', headers: { 'X-FinObs-Request': '1' } });
    location.assign('/');
  }

  const signIn = () => location.assign(`/signin?returnUrl=${encodeURIComponent(location.pathname + location.search)}`);

  // A page that is used keeps its session alive, as requests do; one whose session is over says so.
  const ASK_EACH = 30000;
  let asked = Date.now();
  async function askSession() {
    if (!document.querySelector('[data-act="signout"]')) return;
    asked = Date.now();
    const answer = await fetch('/v1/access/me', { headers: { Accept: 'application/json' } }).catch(() => null);
    if (answer) document.getElementById('session-over').hidden = answer.status !== 401;
  }
  for (const used of ['pointerdown', 'keydown']) document.addEventListener(used, () => { if (Date.now() - asked > ASK_EACH) askSession(); }, { passive: true });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) askSession(); });

  const keys = () => document.getElementById('keys');
  const acts = {
    theme: changeTheme,
    signout: signOut,
    signin: signIn,
    reload: () => location.reload(),
    reconnect: () => window.Blazor?.reconnect(),
    keys: () => keys().showModal(),
  };

  document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-act],[data-copy],[data-skip]');
    if (!button) return;
    if (button.dataset.act) acts[button.dataset.act]?.();
    if (button.hasAttribute('data-skip')) { event.preventDefault(); document.getElementById('main').focus(); }
    if (button.dataset.copy) {
      navigator.clipboard?.writeText(button.dataset.copy).then(() => {
        button.setAttribute('data-copied', '');
        setTimeout(() => button.removeAttribute('data-copied'), 1200);
      });
    }
  });
  document.addEventListener('click', event => {
    document.querySelectorAll('details.me[open]').forEach(open => { if (!open.contains(event.target)) open.open = false; });
    if (event.target.closest?.('#nav a')) document.getElementById('nav').hidePopover?.();
  });
  document.addEventListener('change', event => { if (event.target.matches?.('[data-submit]')) event.target.form.requestSubmit(); });

  // Keys: J and K in lists, or from one thing to the next; "/" searches; "?" tells. They can be switched off.
  const off = () => localStorage.getItem('fo-keys') === 'off';
  document.addEventListener('change', event => {
    if (event.target.matches?.('[data-keys-off]')) localStorage.setItem('fo-keys', event.target.checked ? 'off' : 'on');
  });
  function move(step) {
    const rows = [...document.querySelectorAll('[data-rows] a[data-row]')];
    if (rows.length === 0) return document.querySelector(step > 0 ? 'a[data-key="j"]' : 'a[data-key="k"]')?.click();
    const at = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))].focus();
  }
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input,textarea,select,[contenteditable]')) return;
    if (event.key === '?') { acts.keys(); keys().querySelector('[data-keys-off]').checked = off(); return; }
    if (off() || document.querySelector('dialog[open]')) return;
    const act = { j: () => move(1), k: () => move(-1), '/': () => document.querySelector('[data-search]')?.focus() }[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // What somebody has written survives a lost connection and a reload, in this tab only.
  document.addEventListener('input', event => {
    const key = event.target.dataset?.draft;
    if (key) sessionStorage.setItem(`fo-draft:${key}`, event.target.value);
  });
  function restore() {
    document.querySelectorAll('textarea[data-draft]:not([data-restored])').forEach(field => {
      field.setAttribute('data-restored', '');
      const draft = sessionStorage.getItem(`fo-draft:${field.dataset.draft}`);
      if (draft && !field.value) { field.value = draft; field.dispatchEvent(new Event('input', { bubbles: true })); }
    });
  }
  let path = location.pathname;
  window.finobs = {
    // On another page than before: its heading is what is read first. The first page is where the browser began.
    arrived: () => {
      restore();
      document.documentElement.dataset.live = location.pathname;
      window.dispatchEvent(new Event('fo-arrived'));
      if (location.pathname === path) return;
      path = location.pathname;
      const heading = document.querySelector('#main h1');
      if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
      scrollTo(0, 0);
    },
    forget: key => sessionStorage.removeItem(`fo-draft:${key}`),
    // The page is told when nobody looks, and then asks for nothing.
    watchVisible: page => {
      const tell = () => page.invokeMethodAsync('OnVisible', !document.hidden).catch(() => document.removeEventListener('visibilitychange', tell));
      document.addEventListener('visibilitychange', tell);
    },
  };

  // The dot says whether figures follow what happens.
  function dot(state, text) {
    document.querySelectorAll('[data-live]').forEach(live => { live.dataset.state = state; live.title = text; });
  }
  document.addEventListener('DOMContentLoaded', () => {
    const bar = document.getElementById('components-reconnect-modal');
    bar.addEventListener('components-reconnect-state-changed', event => dot(event.detail.state === 'hide' ? 'live' : 'lost', event.detail.state === 'hide' ? 'Figures follow what happens' : 'The connection is lost'));
    new MutationObserver(() => dot(/-(show|failed|rejected|retrying)/.test(bar.className) ? 'lost' : 'live', bar.className)).observe(bar, { attributeFilter: ['class'] });
  });
})();
