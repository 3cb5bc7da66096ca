// Checks in the reader's own browser that a decision's leaf stands in a signed tree. Nothing here trusts an answer of the server but the key, and that can be pinned.
// Formats: docs/audit.md. Trees: RFC 6962; proofs: RFC 9162 section 2.1.3.2; checkpoints: C2SP tlog-checkpoint as a signed note, Ed25519 (RFC 8032).
'use strict';
(() => {
  const bytesOf = base64 => Uint8Array.from(atob(base64), char => char.charCodeAt(0));
  const utf8 = text => new TextEncoder().encode(text);
  const join = (...parts) => { const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0)); let at = 0; for (const part of parts) { all.set(part, at); at += part.length; } return all; };
  const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest('SHA-256', join(...parts)));
  const leafHash = leaf => sha256(Uint8Array.of(0), leaf);
  const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

  // The root that the leaf and its path come to; null where the path does not fit the place.
  async function rootOf(hash, index, size, path) {
    let node = BigInt(index), last = BigInt(size) - 1n;
    if (node < 0n || node > last || path.length > 64) return null;
    for (const sibling of path) {
      if (last === 0n) return null;
      if ((node & 1n) === 1n || node === last) {
        hash = await nodeHash(sibling, hash);
        while ((node & 1n) === 0n && node !== 0n) { node >>= 1n; last >>= 1n; }
      } else {
        hash = await nodeHash(hash, sibling);
      }
      node >>= 1n; last >>= 1n;
    }
    return last === 0n ? hash : null;
  }

  // name+id+base64(0x01 and the key); the id must be that of name and key.
  async function keyOf(text) {
    const [name, id, ...rest] = text.trim().split('+');
    const typed = bytesOf(rest.join('+'));
    if (typed.length !== 33 || typed[0] !== 1) throw new Error('the key is not an Ed25519 key');
    const digest = await sha256(utf8(name + '\n'), typed);
    const own = [...digest.slice(0, 4)].map(byte => byte.toString(16).padStart(2, '0')).join('');
    if (own !== id) throw new Error('the key does not have the id that it says');
    return { name, id: digest.slice(0, 4), key: await crypto.subtle.importKey('raw', typed.slice(1), { name: 'Ed25519' }, false, ['verify']) };
  }

  // The checkpoint, once its text is signed by the key.
  async function open(note, key) {
    const cut = note.lastIndexOf('\n\n');
    if (cut < 0) throw new Error('the checkpoint is no signed note');
    const text = note.slice(0, cut + 1);
    let signed = false;
    for (const line of note.slice(cut + 2).split('\n').filter(Boolean)) {
      const [dash, name, base64] = line.split(' ');
      const bytes = dash === '—' && base64 ? bytesOf(base64) : new Uint8Array();
      if (name !== key.name || !same(bytes.slice(0, 4), key.id)) continue;
      if (!await crypto.subtle.verify({ name: 'Ed25519' }, key.key, bytes.slice(4), utf8(text))) throw new Error('the checkpoint\'s signature does not match');
      signed = true;
    }
    const [origin, size, root] = text.split('\n');
    if (!signed || origin !== key.name) throw new Error('the checkpoint is not signed by the key');
    return { origin, size, root: bytesOf(root) };
  }

  async function ask(path) {
    const answer = await fetch(path, { headers: { Accept: 'application/json, text/plain' } });
    if (answer.status === 409) return { pending: true };
    if (!answer.ok) throw Object.assign(new Error(`the server answered ${answer.status} to ${path}`), { unavailable: true });
    return answer.headers.get('content-type').startsWith('application/json') ? answer.json() : answer.text();
  }

  const PIN = 'fo-pin';
  async function check(leafId, about) {
    const leaf = await ask(`/v1/audit/leaves/${leafId}`);
    if (leaf.index === 'pending') return { state: 'pending' };
    const [proof, told] = await Promise.all([ask(`/v1/audit/leaves/${leafId}/proof`), ask('/v1/audit/key')]);
    if (proof.pending) return { state: 'pending' };
    const pinned = localStorage.getItem(PIN);
    const text = pinned ?? told.trim();
    const key = await keyOf(text);
    const bytes = bytesOf(leaf.leaf);
    const document = JSON.parse(new TextDecoder().decode(bytes));
    if (document.id !== leafId || (about && document.ref !== about)) throw new Error('the leaf is about something else');
    const hash = await leafHash(bytes);
    if (!same(hash, bytesOf(proof.leafHash))) throw new Error('the leaf does not have the hash that is proven');
    const checkpoint = await open(proof.checkpoint, key);
    const root = checkpoint.size === proof.size ? await rootOf(hash, proof.index, proof.size, proof.hashes.map(bytesOf)) : null;
    if (!root || !same(root, checkpoint.root)) throw new Error('the proof does not lead to the signed root');
    return { state: 'good', index: proof.index, size: proof.size, key: text, pinned: pinned !== null, origin: checkpoint.origin, kind: document.kind };
  }

  const texts = { none: '○ Not checked', asking: '○ Checking…', pending: '○ Pending: no signed checkpoint covers it yet', good: '✓ Included, signed', bad: '✕ Does not match' };
  customElements.define('fo-proof', class extends HTMLElement {
    static observedAttributes = ['data-leaf'];
    connectedCallback() { this.run(); }
    attributeChangedCallback(_, before, after) { if (before !== null && before !== after && this.isConnected) this.run(); }

    async run() {
      const leaf = this.dataset.leaf;
      if (!window.isSecureContext || !crypto.subtle) return this.show('none', { why: 'This page was not loaded over https or from this machine, so the browser lends no cryptography.' });
      try {
        await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
      } catch {
        return this.show('none', { why: 'This browser does not know Ed25519.' });
      }
      this.show('asking', {});
      for (let attempt = 0; ; attempt++) {
        try {
          const found = await check(leaf, this.dataset.about);
          if (leaf !== this.dataset.leaf || !this.isConnected) return;
          this.show(found.state, found);
          if (found.state !== 'pending' || attempt >= 10) return;
          await new Promise(done => setTimeout(done, 1000));
        } catch (error) {
          return this.show(error.unavailable ? 'none' : 'bad', { why: error.message });
        }
      }
    }

    show(state, found) {
      this.dataset.state = state;
      const line = (name, value) => { const dt = document.createElement('dt'), dd = document.createElement('dd'); dt.textContent = name; dd.textContent = value; return [dt, dd]; };
      const box = document.createElement('details'), head = document.createElement('summary'), body = document.createElement('div'), list = document.createElement('dl');
      head.textContent = texts[state] + (state === 'good' ? (found.pinned ? ' · key pinned' : ' · key of this server') : '');
      list.className = 'facts';
      if (found.why) list.append(...line('Why', found.why));
      if (state === 'good') {
        list.append(...line('Leaf', `number ${Number(found.index).toLocaleString()} of ${Number(found.size).toLocaleString()}`), ...line('Log', found.origin), ...line('Key', found.key));
        const pin = document.createElement('button');
        pin.type = 'button'; pin.className = 'btn';
        pin.textContent = found.pinned ? 'Forget the pinned key' : 'Pin this key in this browser';
        pin.addEventListener('click', () => { found.pinned ? localStorage.removeItem(PIN) : localStorage.setItem(PIN, found.key); this.run(); });
        body.append(list, pin);
      } else {
        body.append(list);
        if (localStorage.getItem(PIN) && state === 'bad') {
          const pin = document.createElement('button');
          pin.type = 'button'; pin.className = 'btn'; pin.textContent = 'Forget the pinned key';
          pin.addEventListener('click', () => { localStorage.removeItem(PIN); this.run(); });
          body.append(pin);
        }
      }
      const not = document.createElement('p');
      not.className = 'note';
      not.textContent = 'Checked by your browser. It proves that this record stands unchanged in the signed log; not that what was sent was true, nor that nothing happened unrecorded. A key from this server proves only as much as the server: pin one that you got another way.';
      body.className = 'menu'; body.append(not);
      box.className = 'me proof'; box.append(head, body);
      this.replaceChildren(box);
    }
  });
  window.finobsProof = { check, rootOf, keyOf, open };
})();
