// X's own Chat SDK (npm @xdevplatform/chat-xdk), without the part that asks for a PIN, and what the SDK leaves to its
// users: framing events.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

// load returns the SDK that is installed in modules, the folder node_modules.
export async function load(modules) {
  const pkg = path.join(modules, '@xdevplatform', 'chat-xdk', 'pkg');
  const sdk = await import(pathToFileURL(path.join(pkg, 'chat_xdk_wasm.js')));
  await sdk.default({ module_or_path: fs.readFileSync(path.join(pkg, 'chat_xdk_wasm_bg.wasm')) });
  return sdk;
}

const head = (type, id, rest) => {
  const h = Buffer.alloc(3 + rest);
  h[0] = type;
  h.writeInt16BE(id, 1);
  return h;
};
export const text = (id, value) => {
  const bytes = Buffer.from(value);
  const h = head(11, id, 4);
  h.writeInt32BE(bytes.length, 3);
  return Buffer.concat([h, bytes]);
};
export const struct = (id, raw) => Buffer.concat([head(12, id, 0), raw]);
export const end = Buffer.from([0]);
export const raw = (b64) => Buffer.from(b64, 'base64');

// frame makes a MessageEvent of a detail and a signature that are Thrift already.
export function frame({ sequence, message, sender, conversation, created, detail, signature, previous }) {
  return Buffer.concat([
    text(1, sequence), text(2, message), text(3, sender), text(4, conversation), text(6, created), struct(7, detail),
    struct(9, signature), previous ? text(10, previous) : Buffer.alloc(0), end,
  ]).toString('base64');
}

// messageEvent frames what encryptMessage and its like return.
export const messageEvent = (payload, where) => frame({
  ...where, message: payload.messageId,
  detail: Buffer.concat([struct(1, raw(payload.encryptedContent)), end]), signature: raw(payload.encodedEventSignature),
});

// actionEvent frames an action signature.
export const actionEvent = (action, where) => frame({
  ...where, message: action.messageId, detail: raw(action.encodedMessageEventDetail),
  signature: Buffer.concat([text(1, action.signature), text(2, action.publicKeyVersion), text(3, action.signatureVersion), end]),
});
