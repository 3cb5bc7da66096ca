// The palette (Ctrl K): where one was, whatever id is pasted, pages, saved views, acts that open something. And views of decisions, kept in this browser: a view is an address.
'use strict';
(() => {
  const RECENT = 'fo-recent', VIEWS = 'fo-views', MOST_RECENT = 8, MOST_VIEWS = 30;
  const kept = key => { try { const list = JSON.parse(localStorage.getItem(key)); return Array.isArray(list) ? list : []; } catch { return []; } };
  const keep = (key, list) => { try { localStorage.setItem(key, JSON.stringify(list)); } catch { /* full, or not allowed: nothing is remembered */ } };

  // Without what was searched for: an account may be in it.
  function visited() {
    const at = { path: location.pathname, text: document.title.replace(/ · FinObs$/, '') };
    if (at.path === '/find') return;
    keep(RECENT, [at, ...kept(RECENT).filter(one => one.path !== at.path)].slice(0, MOST_RECENT));
  }

  // What a view keeps of the address: filters, never whose account, never a place in the list.
  function viewOf(address) {
    const query = new URLSearchParams(address.search);
    const hadAccount = query.has('account');
    ['account', 'cursor', 'peek'].forEach(name => query.delete(name));
    return { path: address.pathname + (query.size ? `?${query}` : ''), hadAccount };
  }

  const go = path => { const link = document.createElement('a'); link.href = path; link.hidden = true; document.getElementById('main').append(link); link.click(); link.remove(); };
  const press = act => () => document.querySelector(`[data-act="${act}"]`)?.click();

  function all(text) {
    const wanted = text.trim().toLowerCase();
    const ns = new URLSearchParams(location.search).get('ns');
    const within = path => ns && !/[?&]ns=/.test(path) ? `${path}${path.includes('?') ? '&' : '?'}ns=${encodeURIComponent(ns)}` : path;
    const pages = [...document.querySelectorAll('#nav a')].map(a => ({ kind: 'page', text: a.firstChild.textContent.trim(), path: a.getAttribute('href') }));
    const views = kept(VIEWS).map(view => ({ kind: 'saved view', text: view.name, path: view.path }));
    const recent = kept(RECENT).filter(one => one.path !== location.pathname && !pages.some(page => page.path.split('?')[0] === one.path)).map(one => ({ kind: 'seen before', text: one.text, path: within(one.path) }));
    const acts = [
      { kind: 'act', text: 'Change between light and dark', run: press('theme') }, { kind: 'act', text: 'Keyboard', run: press('keys') }, { kind: 'reference', text: 'API reference', path: '/docs', whole: true },
      ...(document.querySelector('[data-act="signout"]') ? [{ kind: 'act', text: 'Sign out', run: press('signout') }] : []),
    ];
    if (!wanted) return [...recent, ...views, ...pages, ...acts];
    const found = [...pages, ...views, ...recent, ...acts].filter(one => one.text.toLowerCase().includes(wanted));
    found.sort((a, b) => b.text.toLowerCase().startsWith(wanted) - a.text.toLowerCase().startsWith(wanted));
    const id = { kind: 'search', text: `Find “${text.trim()}”`, path: within(`/find?q=${encodeURIComponent(text.trim())}`) };
    // What looks like an id leads to what has it; a word is rather a page.
    return /\d/.test(wanted) && !/\s/.test(wanted) ? [id, ...found] : [...found, id];
  }

  const palette = () => document.getElementById('palette');
  let shown = [], at = 0;

  function show() {
    const box = palette(), field = box.querySelector('input'), list = box.querySelector('ul');
    shown = all(field.value);
    at = Math.min(at, shown.length - 1);
    list.replaceChildren(...shown.map((one, i) => {
      const line = document.createElement('li');
      line.id = `palette-${i}`;
      line.role = 'option';
      line.ariaSelected = String(i === at);
      const kind = document.createElement('span');
      kind.className = 'note';
      kind.textContent = one.kind;
      line.append(one.text, ' ', kind);
      line.addEventListener('click', () => take(one));
      return line;
    }));
    field.setAttribute('aria-activedescendant', `palette-${at}`);
    list.children[at]?.scrollIntoView({ block: 'nearest' });
  }

  function take(one) {
    palette().close();
    if (one.run) one.run();
    else if (one.whole) location.assign(one.path);
    else go(one.path);
  }

  function open() {
    const box = palette();
    if (!box || box.open) return;
    box.querySelector('input').value = '';
    at = 0;
    box.showModal();
    show();
  }

  document.addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') { event.preventDefault(); open(); return; }
    if (!palette()?.open || !event.target.matches?.('[data-palette]')) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); at = (at + step + shown.length) % shown.length; show(); }
    if (event.key === 'Enter' && shown[at]) { event.preventDefault(); take(shown[at]); }
  });
  document.addEventListener('input', event => { if (event.target.matches?.('[data-palette]')) { at = 0; show(); } });
  document.addEventListener('click', event => {
    if (event.target.closest?.('[data-palette-open]')) open();
    if (event.target === palette()) palette().close();
    if (event.target.closest?.('[data-act="signout"]')) localStorage.removeItem(RECENT);
  });

  // Saved views, beside the filters. What is in it is this script's alone.
  const boxes = new Set();
  customElements.define('fo-views', class extends HTMLElement {
    connectedCallback() { boxes.add(this); this.draw(); }
    disconnectedCallback() { boxes.delete(this); }
    draw(naming = false, said = '') {
      const here = viewOf(location).path, views = kept(VIEWS);
      const parts = views.map(view => {
        const whole = document.createElement('span'), link = document.createElement('a'), gone = document.createElement('button');
        whole.className = 'chip';
        link.href = view.path;
        link.textContent = view.name;
        if (view.path === here) link.setAttribute('aria-current', 'true');
        gone.type = 'button';
        gone.className = 'chip-x';
        gone.setAttribute('aria-label', `Forget the view ${view.name}`);
        gone.textContent = '×';
        gone.addEventListener('click', () => { keep(VIEWS, kept(VIEWS).filter(one => one.name !== view.name)); boxes.forEach(box => box.draw()); });
        whole.append(link, ' ', gone);
        return whole;
      });
      if (naming) parts.push(this.form());
      else if (!views.some(view => view.path === here) && here.includes('?')) {
        const save = document.createElement('button');
        save.type = 'button';
        save.className = 'btn btn-bare';
        save.textContent = 'Save this view';
        save.addEventListener('click', () => { this.draw(true); this.querySelector('input').focus(); });
        parts.push(save);
      }
      if (said) { const told = document.createElement('span'); told.className = 'note'; told.role = 'status'; told.textContent = said; parts.push(told); }
      this.replaceChildren(...parts);
    }
    form() {
      const form = document.createElement('form'), label = document.createElement('label'), name = document.createElement('input'), save = document.createElement('button');
      label.className = 'field';
      const text = document.createElement('span');
      text.textContent = 'Name of the view';
      name.maxLength = 40;
      name.required = true;
      label.append(text, name);
      save.className = 'btn';
      save.textContent = 'Save';
      form.className = 'view-form';
      form.append(label, save);
      form.addEventListener('submit', event => {
        event.preventDefault();
        const view = viewOf(location), called = name.value.trim();
        if (!called) return;
        keep(VIEWS, [...kept(VIEWS).filter(one => one.name !== called), { name: called, path: view.path }].slice(-MOST_VIEWS));
        boxes.forEach(box => box.draw(false, box === this && view.hadAccount ? 'Without the account: whose it is stays out of what this browser keeps.' : ''));
      });
      name.addEventListener('keydown', event => { if (event.key === 'Escape') this.draw(); });
      return form;
    }
  });

  // Where the reader is now: told by the page once it is there.
  window.addEventListener('fo-arrived', () => { visited(); boxes.forEach(box => box.draw()); });

  // In a list: Space looks into a row without leaving it, once more closes it; X chooses it.
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem('fo-keys') === 'off' || !event.target.matches?.('a[data-row]')) return;
    const what = { ' ': 'a[data-peek]', x: 'input[data-choose]' }[event.key];
    const there = what && event.target.closest('tr')?.querySelector(what);
    if (there) { event.preventDefault(); there.click(); }
  });
})();
