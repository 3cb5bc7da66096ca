// Calls a tool as any client of the protocol does: from here, with the reader's own session, over the door that writes nothing.
'use strict';
(() => {
  const door = '/mcp/readonly', version = '2025-11-25';

  // The answer comes as one JSON document, or as the last event of a stream.
  async function read(answer) {
    const text = await answer.text();
    if (!(answer.headers.get('content-type') ?? '').startsWith('text/event-stream')) return JSON.parse(text);
    const lines = text.split(/\r?\n/).filter(line => line.startsWith('data:'));
    return JSON.parse(lines[lines.length - 1].slice(5));
  }

  async function call(name, given) {
    const answer = await fetch(door, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', 'MCP-Protocol-Version': version, 'X-FinObs-Request': '1' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } }),
    });
    const said = await read(answer);
    if (said.error) return { isError: true, text: said.error.message };
    if (!said.result) return { isError: true, text: said.detail ?? said.title ?? `HTTP ${answer.status}` };
    return { isError: said.result.isError === true, text: said.result.content.map(part => part.text ?? '').join('\n') };
  }

  const pretty = text => {
    try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
  };

  document.addEventListener('submit', async event => {
    const form = event.target.closest?.('[data-try]');
    if (!form) return;
    event.preventDefault();
    const state = form.querySelector('[data-try-state]'), shown = form.querySelector('[data-try-answer]'), button = form.querySelector('button');
    let given;
    try {
      given = JSON.parse(form.querySelector('textarea').value || '{}');
    } catch (error) {
      state.textContent = `The arguments are no JSON: ${error.message}`;
      return;
    }
    const start = performance.now();
    button.disabled = true;
    state.textContent = 'Calling…';
    try {
      const { isError, text } = await call(form.dataset.try, given);
      state.textContent = `${isError ? 'Refused' : 'Answered'} in ${Math.round(performance.now() - start)} ms`;
      shown.textContent = pretty(text);
      shown.hidden = false;
    } catch {
      state.textContent = 'No answer came: the connection or the host is away. Nothing was changed; call again.';
    } finally {
      button.disabled = false;
    }
  });
})();
