// Lets a test call X's Chat SDK: a line of JSON in, {id, on, call, args}; a line out, {id, ok} or {id, error}. Bytes are
// {"$bytes": base64}. call "new" makes the object named on; "" as on calls a function of the SDK itself.
//   node serve.mjs path/to/node_modules
import readline from 'node:readline';
import { load } from './sdk.mjs';

const sdk = await load(process.argv[2]);
const objects = new Map();

const out = (key, value) => {
  if (value instanceof Map) return Object.fromEntries(value);
  if (typeof value === 'bigint') return value.toString();
  return value;
};
const pack = (value) => {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(pack);
  if (value instanceof Map) return pack(Object.fromEntries(value));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, pack(v)]));
  return value;
};
const unpack = (key, value) => (value && typeof value === 'object' && '$bytes' in value ? new Uint8Array(Buffer.from(value.$bytes, 'base64')) : value);

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { id, on, call, args } = JSON.parse(line, unpack);
  let answer;
  try {
    if (call === 'new') {
      objects.set(on, new sdk.Chat());
      answer = { id };
    } else {
      const target = on === '' ? sdk : objects.get(on);
      answer = { id, ok: pack(target[call](...args)) };
    }
  } catch (e) {
    answer = { id, error: String(e?.message ?? e) };
  }
  process.stdout.write(JSON.stringify(answer, out) + '\n');
}
