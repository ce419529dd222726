// Encrypts and decrypts streams with X's own SDK (npm: @xdevplatform/chat-xdk), as the other side of Perch's tests.
//   node media.mjs          answers requests, one JSON a line; asked by "make oracle"
//   node media.mjs golden   prints testdata/golden.json
// NODE_MODULES names the folder that the package was installed into.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const pkg = path.join(process.env.NODE_MODULES, '@xdevplatform/chat-xdk/pkg/');
const sdk = await import(pathToFileURL(pkg + 'chat_xdk_wasm.js'));
await sdk.default({ module_or_path: fs.readFileSync(pkg + 'chat_xdk_wasm_bg.wasm') });
const chat = new sdk.Chat();
chat.generateKeypairs();

const base64 = (bytes) => Buffer.from(bytes).toString('base64');
const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));

// pieces runs an incremental coder over parts of step bytes.
function pieces(coder, input, step) {
  const parts = [];
  for (let i = 0; i < input.length; i += step) parts.push(Buffer.from(coder.push(input.slice(i, i + step))));
  parts.push(Buffer.from(coder.finish()));
  return Buffer.concat(parts);
}

function seal({ key, data, step }) {
  const k = bytes(key), d = bytes(data);
  return step ? pieces(chat.streamEncryptor(k), d, step) : chat.encryptStream(d, k);
}

function open({ key, data, step }) {
  const k = bytes(key), d = bytes(data);
  return step ? pieces(chat.streamDecryptor(k), d, step) : chat.decryptStream(d, k);
}

function answer(request) {
  try {
    return { data: base64({ seal, open }[request.op](request)) };
  } catch (e) {
    return { error: String(e) };
  }
}

// pattern is the plain text of golden streams; stream's tests make the same.
const pattern = (n) => Uint8Array.from({ length: n }, (_, i) => (i * 7 + (i >> 8)) & 255);

if (process.argv[2] === 'golden') {
  const key = new Uint8Array(32).map((_, i) => i * 5 + 1);
  const sizes = [0, 1, 15, 16, 17, 31, 63, 64, 65, 1007, 1008, 1009, 1023, 1024, 1025, 1040, 2047, 2048, 2049, 3000, 3072];
  const streams = sizes.map((size) => ({ size, sealed: base64(chat.encryptStream(pattern(size), key)) }));
  console.log(JSON.stringify({ made_with: '@xdevplatform/chat-xdk 0.4.3', key: base64(key), streams }, null, 1));
} else {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(answer(JSON.parse(line))));
  }
}
