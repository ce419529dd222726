// Registers and recovers with Juicebox's own client (npm: juicebox-sdk) and with X's wrapper around it
// (npm: @xdevplatform/chat-xdk), as the other side of Perch's tests. Answers requests, one JSON a line; asked by
// "make oracle". NODE_MODULES names the folder that the packages were installed into.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const modules = process.env.NODE_MODULES;
const load = (file, query = '') => import(pathToFileURL(path.join(modules, file)) + query);

// An instance of its own: X's wrapper puts another WASM below the module each time that it makes a chat, and the module
// then goes on with the memory of the first. For the same reason a process can make one chat only.
const sdk = await load('juicebox-sdk/juicebox-sdk_bg.js', '?own');
const wasm = await WebAssembly.instantiate(fs.readFileSync(path.join(modules, 'juicebox-sdk/juicebox-sdk_bg.wasm')), {
  './juicebox-sdk_bg.js': sdk,
});
sdk.__wbg_set_wasm(wasm.instance.exports);
const { createChat } = await load('@xdevplatform/chat-xdk/index.js');

const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));
const base64 = (raw) => Buffer.from(raw).toString('base64');

// tokens are those of a juicebox_config, as a function of the realm.
function tokens(config) {
  const known = Object.fromEntries(config.token_map.map(({ key, value }) => [key, value.token]));
  return async (realm) => known[typeof realm === 'string' ? realm : Buffer.from(realm).toString('hex')];
}

function client(config) {
  globalThis.JuiceboxGetAuthToken = tokens(config);
  return new sdk.Client(new sdk.Configuration(JSON.parse(config.key_store_token_map_json)), []);
}

const xchat = (config) => createChat({ juiceboxConfig: JSON.stringify(config), getAuthToken: tokens(config) });

const answers = {
  register: async ({ config, pin, secret, guesses }) => {
    await client(config).register(bytes(pin), bytes(secret), new Uint8Array(0), guesses);
    return {};
  },
  recover: async ({ config, pin }) => ({ secret: base64(await client(config).recover(bytes(pin), new Uint8Array(0))) }),
  xsetup: async ({ config, pin }) => {
    const chat = await xchat(config);
    const { publicKey } = await chat.generateKeypairs();
    await chat.setup(pin);
    return { identity: publicKey.publicKey, signing: publicKey.signingPublicKey };
  },
  xunlock: async ({ config, pin, identity }) => {
    const chat = await xchat(config);
    await chat.unlock(pin);
    return { matches: chat.matchesRegisteredKey(identity) };
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  let answer;
  try {
    const request = JSON.parse(line);
    answer = await answers[request.op](request);
  } catch (e) {
    answer = { error: String(e), reason: e?.reason, guesses: e?.guesses_remaining };
  }
  console.log(JSON.stringify(answer));
}
