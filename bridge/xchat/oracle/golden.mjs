// Makes testdata/golden.json: events that X's Chat SDK has encrypted and signed, with the keys that open them and what
// stands in them. The keys are made for it and belong to nobody.
//   node golden.mjs ../../../bin/oracle/node_modules > ../testdata/golden.json
import { load, messageEvent, actionEvent } from './sdk.mjs';

const sdk = await load(process.argv[2]);
const account = (userId, version) => {
  const chat = new sdk.Chat();
  const { publicKey } = chat.generateKeypairs();
  const blob = Buffer.from(chat.exportKeys()).toString('base64');
  chat.importKeys(new Uint8Array(Buffer.from(blob, 'base64')), version);
  chat.setIdentity(userId, version);
  return { chat, userId, version, blob, publicKey };
};
const brand = account('4337869213', '1736001112223');
const customer = account('3001969357', '1765001112223');
const all = [brand, customer];
const conversation = '3001969357:4337869213';
const participants = all.map((a) => ({ userId: a.userId, publicKey: a.publicKey.publicKey, keyVersion: a.version }));

let sequence = 2080400999000000000n;
const events = [];
const where = (sender) => ({ sender: sender.userId, conversation, sequence: String(++sequence), previous: String(sequence - 1n), created: '1795020983370' });
const add = (name, event, expect) => {
  events.push({ name, event, ...expect });
  return event;
};
const change = (sender, name) => {
  const c = sender.chat.prepareConversationKeyChange({ publicKeys: participants });
  const keep = { conversationKey: c.conversationKey, conversationKeyVersion: c.conversationKeyVersion };
  const event = add(name, actionEvent(c.actionSignatures[0], where(sender)), {
    kind: 'keyChange', version: c.conversationKeyVersion, key: Buffer.from(c.conversationKey).toString('base64'),
  });
  return { keep, event };
};
const message = (sender, name, text, key, more = {}, expect = {}) => {
  const payload = sender.chat.encryptMessage({ conversationId: conversation, text, ...key, ...more });
  return add(name, messageEvent(payload, where(sender)), { kind: 'message', text, ...expect });
};

const first = change(customer, 'first key');
const hello = message(customer, 'hello', 'Hello, where is my order?', first.keep);
const texts = {
  german: 'Grüße aus Österreich, straße', arabic: 'مرحبا، أين طلبي؟', hebrew: 'שלום, איפה ההזמנה שלי?', chinese: '你好，我的订单在哪里？',
  japanese: 'こんにちは、注文はどこですか', korean: '안녕하세요', hindi: 'नमस्ते, मेरा ऑर्डर कहाँ है', thai: 'สวัสดี', russian: 'Здравствуйте',
  emoji: '👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿🇦🇹👍🏽', combining: 'e\u0301\u0323', control: 'a\u0000b\tc\nd\u202Ee', empty: '', comma: 'a,b,c', long: 'x'.repeat(10000), 'long emoji': '🙂'.repeat(500),
};
for (const [name, text] of Object.entries(texts)) message(customer, name, text, first.keep);
message(customer, 'picture', 'look', first.keep, {
  attachments: [{ attachment_type: 'media', media_hash_key: 'Ab3', width: 640, height: 480, filesize_bytes: 12345, filename: 'a b.png' },
    { attachment_type: 'media', media_hash_key: 'Ab4', width: 1280, height: 720, filesize_bytes: 99, filename: 'c.mp4', media_type: 3, duration_millis: 1500 }],
}, { files: [{ key: 'Ab3', type: 1, width: 640, height: 480, size: 12345, name: 'a b.png' }, { key: 'Ab4', type: 3, width: 1280, height: 720, size: 99, name: 'c.mp4', duration: 1500 }] });
message(customer, 'link', 'see https://example.com/x', first.keep, {
  entities: [[4, 25, 'url']], attachments: [{ attachment_type: 'url', url: 'https://example.com/x', display_title: 'Example' }],
}, { links: ['https://example.com/x'] });
message(customer, 'post', '', first.keep, {
  attachments: [{ attachment_type: 'post', rest_id: '20', post_url: 'https://x.com/jack/status/20' }],
}, { links: ['https://x.com/jack/status/20'] });

const answer = (sender, name, params, key, quote) => {
  const payload = sender.chat.encryptReply({ conversationId: conversation, text: name, ...params, ...key });
  return add(name, messageEvent(payload, where(sender)), { kind: 'message', text: name, reply: true, ...(quote === undefined ? {} : { quote }) });
};
answer(brand, 'reply', { replyToEvent: hello }, first.keep, 'Hello, where is my order?');
const edited = customer.chat.encryptEdit({ targetEvent: hello, updatedText: 'Hello, where is order 7?', ...first.keep });
const edit = add('edit', messageEvent(edited, where(customer)), { kind: 'edit', text: 'Hello, where is order 7?', target: String(2080400999000000002n) });
answer(brand, 'reply to an edited message', { replyToEvent: hello, replyToEditEvent: edit }, first.keep, 'Hello, where is order 7?');
answer(customer, 'reply that invents its quote', { replyToEvent: hello, replyToText: 'You get your money back' }, first.keep);
answer(customer, 'reply that names another author', { replyToEvent: hello, replyToSenderId: brand.userId }, first.keep);
answer(customer, 'reply without the event', { replyToSequenceId: '2080400999000000002', replyToSenderId: customer.userId, replyToText: 'Hello' }, first.keep);
for (const [name, call, isRemoved] of [['reaction', 'encryptAddReaction', false], ['reaction taken back', 'encryptRemoveReaction', true]]) {
  const payload = customer.chat[call]({ targetEvent: hello, emoji: '❤️', ...first.keep });
  add(name, messageEvent(payload, where(customer)), { kind: 'reaction', text: '❤️', target: '2080400999000000002', removed: isRemoved });
}
for (const [name, deleteForAll] of [['deletion for all', true], ['deletion for oneself', false]]) {
  const action = customer.chat.prepareMessageDelete({ conversationId: conversation, sequenceIds: ['2080400999000000002', '2080400999000000003'], deleteForAll });
  add(name, actionEvent(action, where(customer)), { kind: 'delete', sequences: ['2080400999000000002', '2080400999000000003'], all: deleteForAll });
}
await new Promise((done) => setTimeout(done, 5)); // versions are times in milliseconds
const second = change(brand, 'second key');
message(brand, 'under the second key', 'Here it is', second.keep);
answer(brand, 'reply across keys', { replyToEvent: hello, replyToCkces: [first.event] }, second.keep, 'Hello, where is my order?');

process.stdout.write(JSON.stringify({
  made_by: 'oracle/golden.mjs with @xdevplatform/chat-xdk 0.4.3',
  conversation,
  accounts: all.map((a) => ({
    user: a.userId, version: a.version, private: a.blob, identity: a.publicKey.publicKey, signing: a.publicKey.signingPublicKey,
    binding: a.publicKey.identityPublicKeySignature, fingerprint: a.publicKey.publicKeyFingerprint,
  })),
  events,
}, null, 1) + '\n');
