// Loads Perch's window. It says in words what is wrong, takes the one-time code out of the address, and covers the window when
// the session or the relay has ended.
'use strict';

const texts = {
  en: {
    loading: 'Loading …', starting: 'Starting …', again: 'Try again',
    wasm: 'This browser does not run WebAssembly.', webgl: 'This browser does not offer WebGL, which the window is drawn with.',
    browser: 'Use a current Firefox, Chrome, Edge or Safari, and let it use the graphics card or draw in software (hardware acceleration, in its settings).',
    insecure: 'The command line does all that this page does: perch help',
    signedOut: 'You are not signed in.', signIn: 'Type on the computer where Perch runs: perch web',
    ended: 'You are not signed in any more.', endedHelp: 'Somebody has signed you out, nobody was at the page for half an hour, or Perch was restarted. Type on the computer where Perch runs: perch web. Once its address is open in this browser, this page goes on where it was.',
    gone: 'Perch does not answer.', goneHelp: 'If only the network was away, the page goes on by itself. If Perch was stopped, the page is back when somebody starts it on its computer: perch start, then perch web',
    code: 'This code does not hold (any more).', codeHelp: 'Each is for one browser and one minute. For a new one, type on the computer where Perch runs: perch web',
    many: 'There were too many wrong codes.', manyHelp: 'Wait a minute, then type on the computer where Perch runs: perch web',
    leaving: 'Signing out …', stays: 'You could not be signed out: Perch does not answer.', staysHelp: 'Try again, or type on its computer: perch web sessions --end all',
    broken: 'The page has ended by a fault of its own.', brokenHelp: 'No message is touched by that. Load it again; if it happens again, please report it.',
    failed: 'The page could not be loaded.',
  },
  it: {
    loading: 'Carico …', starting: 'Avvio …', again: 'Riprova',
    wasm: 'Questo browser non esegue WebAssembly.', webgl: 'Questo browser non offre WebGL, con cui si disegna la finestra.',
    browser: 'Usa una versione attuale di Firefox, Chrome, Edge o Safari, e lascia che usi la scheda grafica o disegni via software (accelerazione hardware, nelle impostazioni).',
    insecure: 'La riga di comando fa tutto ciò che fa questa pagina: perch help',
    signedOut: 'Non hai effettuato l\'accesso.', signIn: 'Scrivi sul computer dove gira Perch: perch web',
    ended: 'Non hai più l\'accesso.', endedHelp: 'Qualcuno ti ha disconnesso, nessuno era alla pagina da mezz\'ora, o Perch è stato riavviato. Scrivi sul computer dove gira Perch: perch web. Appena il suo indirizzo è aperto in questo browser, questa pagina riprende da dove era.',
    gone: 'Perch non risponde.', goneHelp: 'Se mancava solo la rete, la pagina riprende da sola. Se Perch è stato fermato, la pagina torna quando qualcuno lo avvia sul suo computer: perch start, poi perch web',
    code: 'Questo codice non vale (più).', codeHelp: 'Ognuno è per un browser e per un minuto. Per averne uno nuovo, scrivi sul computer dove gira Perch: perch web',
    many: 'Ci sono stati troppi codici sbagliati.', manyHelp: 'Attendi un minuto, poi scrivi sul computer dove gira Perch: perch web',
    leaving: 'Esco …', stays: 'Non è stato possibile uscire: Perch non risponde.', staysHelp: 'Riprova, o scrivi sul suo computer: perch web sessions --end all',
    broken: 'La pagina si è fermata per un suo errore.', brokenHelp: 'Nessun messaggio ne è toccato. Ricaricala; se succede di nuovo, segnalalo.',
    failed: 'Non è stato possibile caricare la pagina.',
  },
};
const language = (navigator.languages || [navigator.language]).map((l) => l.slice(0, 2)).find((l) => texts[l]) || 'en';
const text = texts[language];
document.documentElement.lang = language;

const by = (id) => document.getElementById(id);

// cover lays words over the window; done is 0 to 1 for a progress, nothing for none.
function cover(said, help, done, button) {
  by('cover').hidden = false;
  document.body.classList.add('covered');
  by('said').textContent = said;
  by('help').textContent = help || '';
  by('progress').hidden = done === undefined;
  if (done === null) by('progress').removeAttribute('value');
  else if (done !== undefined) by('progress').value = done;
  by('again').hidden = !button;
  by('again').textContent = text.again;
  by('again').onclick = () => location.reload();
}

function uncover() {
  by('cover').hidden = true;
  document.body.classList.remove('covered');
}

// The key is the half of a session that only this address has, port and all: the cookie goes to every program at this name. It
// is looked up each time, so that a page goes on when another one in this browser has signed in.
let held = '';
function keep(key) {
  held = key;
  try { localStorage.setItem('perch-key', key); } catch (e) { /* without storage it holds until the page is loaded again */ }
}
function key() {
  try { return localStorage.getItem('perch-key') || held; } catch (e) { return held; }
}
const session = (options) => fetch('/session', { ...options, headers: { ...(options || {}).headers, 'Perch-Key': key() } });

// isActive says once whether a person has done something; the window tells the relay by it that somebody is here.
let active = true;
for (const event of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
  addEventListener(event, () => { active = true; }, { capture: true, passive: true });
}

// A browser asks in its own words about what would be lost.
addEventListener('beforeunload', (event) => { if (!over && window.perch.isUnsaved && window.perch.isUnsaved()) event.preventDefault(); });

// The window uses the wheel and the fingers itself; browsers take such listeners of a document for ones that never do.
const listen = document.addEventListener;
document.addEventListener = function (kind, work, options) {
  return listen.call(this, kind, work, ['wheel', 'touchstart', 'touchmove'].includes(kind) ? { passive: false } : options);
};

// What the window calls.
window.perch = {
  language: language,
  started: uncover,
  wasActive: () => { const was = active; active = false; return was; },
  key: key,
  answered: () => { if (!over) uncover(); },
  signedOut: () => { if (!over) cover(text.ended, text.endedHelp, undefined, false); },
  gone: () => { if (!over) cover(text.gone, text.goneHelp, null, false); },
  // What was on the screen goes with the page.
  signOut: () => {
    over = true;
    cover(text.leaving, '', null);
    session({ method: 'DELETE' }).then((answer) => {
      if (!answer.ok) throw new Error('answer ' + answer.status);
      keep('');
      location.replace('/');
    }).catch(() => cover(text.stays, text.staysHelp, undefined, true));
  },
  save: (name, bytes) => {
    const address = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  },
};
let over = false; // the program runs no longer, or never will

// signIn takes the code out of the address at once, so that neither the history nor a bookmark keeps it.
async function signIn() {
  const code = location.hash.slice(1);
  if (!code) return (await session()).status === 204 ? null : { message: text.signedOut, remedy: text.signIn };
  history.replaceState(null, '', '/');
  const answer = await session({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code: code }) });
  if (answer.ok) { keep((await answer.json()).key); return null; }
  if ((await session()).status === 204) return null; // an old link, in a browser that is signed in
  const why = await answer.json();
  if (why.code === 'web/code') return { message: text.code, remedy: text.codeHelp };
  if (why.code === 'web/too-many') return { message: text.many, remedy: text.manyHelp };
  return why;
}

function hasWebGL() {
  const canvas = document.createElement('canvas');
  const gl = canvas.getContext('webgl') || canvas.getContext('experimental-webgl');
  if (!gl) return false;
  const lose = gl.getExtension('WEBGL_lose_context');
  if (lose) lose.loseContext();
  return true;
}

// progressEvery is how often, in ms, the progress is drawn: where the processor draws, each picture is taken from the loading.
const progressEvery = 150;

// fetchProgram fetches the window. The first time it comes over the wire and shows how far it is; later it comes out of the
// browser's cache, and is handed on as it is, so that the browser can keep what it has compiled.
async function fetchProgram() {
  const at = document.body.dataset.program;
  const answer = await fetch(at);
  if (!answer.ok) throw new Error('answer ' + answer.status);
  let seen = null;
  try { seen = localStorage.getItem('perch-program'); localStorage.setItem('perch-program', at); } catch (e) { /* without storage it is the first time */ }
  if (seen === at || !window.TransformStream) return answer;
  let done = 0, drawn = 0;
  const whole = Number(document.body.dataset.bytes);
  const counted = answer.body.pipeThrough(new TransformStream({
    transform(chunk, out) {
      done += chunk.length;
      out.enqueue(chunk);
      const now = performance.now();
      if (now - drawn < progressEvery || over) return;
      drawn = now;
      cover(text.loading, '', Math.min(done / whole, 1));
    },
  }));
  return new Response(counted, { headers: { 'Content-Type': 'application/wasm' } });
}

// refuse says why there will be no window.
function refuse(...why) {
  over = true;
  cover(...why);
}

// run fetches and compiles the window while it signs in: both take their time.
async function run() {
  cover(text.loading, '', 0);
  if (typeof WebAssembly !== 'object' || typeof WebAssembly.compileStreaming !== 'function') return refuse(text.wasm, text.browser + ' ' + text.insecure);
  const compiling = location.hash || key() ? WebAssembly.compileStreaming(fetchProgram()) : null;
  if (compiling) compiling.catch(() => {}); // it is told when it is waited for
  const refused = await signIn();
  if (refused) return refuse(refused.message, refused.remedy, undefined, true);
  if (!hasWebGL()) return refuse(text.webgl, text.browser + ' ' + text.insecure);
  const go = new Go();
  go.argv = ['perch', location.origin];
  go.env = { GOGC: 'off' }; // main turns the collector on once the window is there
  const program = await (compiling || WebAssembly.compileStreaming(fetchProgram()));
  cover(text.starting, '', 1);
  await go.run(await WebAssembly.instantiate(program, go.importObject));
  if (!over) cover(text.broken, text.brokenHelp, undefined, true);
}

run().catch((e) => { console.error(e); if (!over) cover(text.failed, String(e && e.message || e), undefined, true); });
