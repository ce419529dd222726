// Seeded texts that look for the edges of X's counting rules.

const scripts = {
  ascii: 'the quick brown fox jumps over lazy dog Hello World please help with my order 4711 thanks'.split(' '),
  accents: ['café', 'naïve', 'Übergröße', 'señor', 'ångström', 'Žižek', 'ĳ', 'ﬁn', 'ſtraße', 'Ǆ', 'İstanbul', 'ı'],
  nfd: ['café', 'Übergröße', 'señor', 'Việt Nam', 'が', 'パ', '한국어', 'Å', '\u0958', 'ñ̃'].map((s) => s.normalize('NFD')),
  marks: ['e\u0301', 'a\u0323\u0307', 'q\u0307\u0323', '\u0301', '\u0344', '\u212b', '\u2126', '\u1100\u1161', '\u1100\u1161\u11a8',
    '\uac00\u11a8', '\uf900', '\u0f73', '\u1e9b\u0323', '\u0b47\u0b3e', '\u034f', '\u{1d15e}', '\u{2f800}'],
  greek: ['καλημέρα', 'Ελλάδα', 'ῆ', 'ᾳ'], cyrillic: ['привет', 'Россия', 'ѐ', 'Ђ'], arabic: ['مرحبا', 'السلام'],
  hebrew: ['שלום', 'עולם'], thai: ['สวัสดี', 'ประเทศไทย'], indic: ['नमस्ते', 'தமிழ்', 'భారత్'], georgian: ['გამარჯობა', 'ᲒᲔ'],
  cjk: ['日本語', 'テスト', '你好世界', '한국어', 'ｶﾀｶﾅ', '。', '、', '「例」', '！', '，', '（注）', '〜', '・', '々'],
  symbols: ['“quoted”', '‘it’s’', '…', '—', '–', '•', '€', '™', '©', '®', '′', '″', '‵', '⁇', '№', '½', '²', '→', '​', '⁠', '\u00ad'],
};
const spaces = [' ', ' ', ' ', '\n', '\t', '\u00a0', '\u3000', '\u2003', '\u2028', '\u0085', '\u180e', '\u200b', '\u200d', '\ufe0f'];
const marksOfDirection = ['\u200e', '\u200f', '\u061c', '\u202a', '\u202c', '\u202e', '\u2066', '\u2069'];
const invalid = ['\ufffe', '\ufeff', '\uffff'];
const punctuation = [...'.,;:!?\'"()[]{}<>-_/\\|@#$%^&*+=~`', '...', '://', '–', '＃', '＠', '．', '｡', '。'];
const labels = ['example', 'www', 'x', 'a-b', 'foo_bar', 'xn--fsqu00a', 'xn--', 'XN--P1AI', '-a', 'a-', '_dmarc', '1', '192', 'sub', 'google',
  'bücher', '例え', '日本', '中国', 'пример', 'παράδειγμα', '😀', 'a😀', '한국', 'é', 'e\u0301', 'a。b', '•', '"', '١', 'com', 't', 'ʻ', 'Ⱥ'];
const paths = ['a', 'path', 'A1', '-', '_', '.', ',', ':', ';', '!', '*', "'", '=', '+', '$', '/', '%20', '%', '#', '#frag', '[1]', '–', '~', '@', '@user/', '|',
  '&', '(a)', '(a(b)c)', '(a(b(c)))', '()', '(', ')', '((a)b)', '(a)(b)', 'é', 'e\u0301', 'привет', '日', '😀', 'ı', 'ß', '"', '?', '?', 'ɐ', 'ɵ', 'ϊ', '1️⃣'];
const queries = ['a=b', 'q=1&r=2', '!', '?', '*', "'", '@', '(', ')', ';', ':', '&', '=', '+', '$', '/', '%20', '#', '[', ']', '-', '_', '.', ',', '~', '|', 'é', '日'];
const schemes = ['http://', 'https://', 'http://', 'https://', 'HTTP://', 'hTTpS://', 'ftp://', 'http:/', 'http//', 'https:', 'ttps://', '//', 'mailto:', 'http://http://'];
// Characters that fold to a letter of a top-level domain or of a path only by the case rules of JavaScript.
const folds = [...'ſKıİßẞϵςᲀᲁᲂᲃᲄᲅᲆᲇᲈͅιΙɠɩɵʀʃʈʊʋʒʌⱥⱦȿɀⱾⱿⱯⱭꞫꞬꟜƛᲐᲒᲔ'];
const newerEmoji = ['🥱', '🫠', '🧑‍💻', '🧑🏽‍🤝‍🧑🏻', '👩‍❤️‍💋‍👩', '🏳️‍⚧️', '🐻‍❄️', '❤️‍🔥', '🦩', '🪐', '👨🏿‍🦯', '🇨🇶', '🏴󠁵󠁳󠁴󠁸󠁿', '🫱🏻‍🫲🏿', '👁️‍🗨️'];
const soup = ['a', 'b', '.', '.', '.com', 'co', 'uk', 'http://', 't.co/', '/', '/', '?', '(', ')', ':', '80', '@', '#', '$', '-', '_', ' ', '日', '中', '한국', 'é',
  '\u0301', '😀', '\u200d', '\ufe0f', '\u20e3', '1', '=', '&', '!', ',', "'", 'xn--', '。', '–', '\u200e', '\ufeff', 'Ι', '%', '+', '香港', 'рф'];

// Texts makes texts from a seed: the same seed gives the same ones.
export class Texts {
  constructor(seed, tlds, emoji) {
    Object.assign(this, {state: seed >>> 0, tlds, emoji, previous: ['']});
    this.makers = [
      [14, () => this.sentence()], [10, () => this.glued()], [8, () => this.soup()], [4, () => this.mutated()], [3, () => this.repeated()],
      [3, () => this.nearLimit()], [3, () => this.shortLink()], [2, () => this.longLabel()], [2, () => this.folded()], [1, () => this.zalgo()],
    ];
  }

  // next returns the text of number i: first the fixed ones, then what the generator makes.
  next(i) {
    const text = (i < fixed.length ? fixed[i] : this.weighted(this.makers)()).toWellFormed();
    this.previous[i % 50] = text;
    return text;
  }

  // random is mulberry32.
  random() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n) { return Math.floor(this.random() * n); }
  chance(p) { return this.random() < p; }
  pick(list) { return list[this.below(list.length)]; }
  some(most, make) { return Array.from({length: 1 + this.below(most)}, make).join(''); }
  weighted(choices) {
    let at = this.random() * choices.reduce((sum, [weight]) => sum + weight, 0);
    return choices.find(([weight]) => (at -= weight) < 0)[1];
  }

  piece() {
    return this.weighted([
      [8, () => this.pick(this.pick(Object.values(scripts)))], [4, () => this.pick(punctuation)], [4, () => this.emojiText()], [8, () => this.link()],
      [2, () => this.chance(0.5) ? this.host() : this.pick(scripts.cjk) + this.host() + this.pick(scripts.cjk)],
      [1, () => this.pick(labels) + '@' + this.host()], [1, () => this.pick(['@', '＠', '.@', 'RT @']) + this.pick(labels) + this.pick(['', '/list'])],
      [1, () => this.pick(['#', '＃', '$', '#️⃣']) + this.pick(labels)], [1, () => '$' + this.pick(['AAPL', 'BRK.A', 'twtr', 'X.COM'])],
      [0.6, () => this.pick(marksOfDirection)], [0.15, () => this.pick(invalid)], [0.5, () => this.pick(folds)],
    ])();
  }

  sentence() { return Array.from({length: 1 + this.below(9)}, () => this.piece() + this.pick(spaces)).join(''); }
  glued() { return this.some(7, () => this.piece()); }
  soup() { return this.some(22, () => this.pick(soup)); }

  emojiText() {
    const one = this.chance(0.2) ? this.pick(newerEmoji) : this.pick(this.emoji);
    return this.weighted([
      [8, one], [1, one + this.pick(['\ufe0e', '\ufe0f', '\u200d', '🏽', '\u20e3'])], [1, [...one].slice(0, -1).join('')], [1, [...one].slice(1).join('')],
      [1, this.pick(['⌚', '☎', '✊', '☝', '🏋', '🕵️', '♟', '▶', '😀', '\u{1f468}']) + this.pick(['\ufe0e', '\ufe0f', '🏿', '\ufe0f🏿', '\ufe0e🏿', '\u200d♀️'])],
      [1, this.pick([...'#*0123456789']) + this.pick(['\ufe0f\u20e3', '\u20e3', '\ufe0f', '\ufe0e\u20e3'])],
    ]);
  }

  tld() {
    const word = this.weighted([[3, 'com'], [1, this.pick(['co', 'co.uk', 'jp', 'io', 'de', 'рф', '中国', '香港', '한국', 'みんな', 'ไทย'])],
      [2, this.pick(this.tlds)], [0.3, this.pick(['xn--p1ai', 'xn--', 'XN--a-1', 'c', 'comm', 'invalid', 'local', '1', 'co1', 'com-x', 'com+', 'com@'])]]);
    return this.chance(0.1) ? word.toUpperCase() : word;
  }

  host() {
    const count = this.weighted([[6, 1], [3, 2], [1, 3], [0.2, 0]]);
    const name = Array.from({length: count}, () => this.chance(0.15) ? this.some(2, () => this.pick(labels)) : this.pick(labels)).join('.');
    return name + this.weighted([[20, '.'], [1, ''], [0.5, '..'], [0.5, '。']]) + this.tld();
  }

  link() {
    const scheme = this.chance(0.6) ? this.pick(schemes) : '';
    const port = this.weighted([[8, ''], [1, ':80'], [0.3, ':'], [0.3, ':80a'], [0.2, ':1️⃣']]);
    const path = this.chance(0.5) ? '/' + (this.chance(0.85) ? this.some(6, () => this.pick(paths)) : '') : '';
    const query = this.chance(0.3) ? '?' + (this.chance(0.9) ? this.some(5, () => this.pick(queries)) : '') : '';
    const before = this.chance(0.05) ? this.pick(['com.', 'a.io', 'x.co.', 'a.b.']) + this.pick(['fashion', 'com', 'jp']) + this.pick([...'，中。', '']) + this.emojiText() : '';
    return scheme + before + this.host() + port + path + query + (this.chance(0.3) ? this.pick(punctuation) : '');
  }

  shortLink() {
    const slug = this.some(this.pick([1, 12, 60]), () => this.pick([...'abcXYZ0123456789']));
    const end = this.weighted([[4, ''], [1, '?a=b'], [1, '?!'], [1, '/more'], [1, '-x?y=z'], [1, '.'], [1, '日本'], [1, '(a)'], [1, '#x']]);
    return this.pick(['', 'see ', '日', 'a', '@']) + this.pick(['https://', 'http://', 'HTTPS://', '']) +
      this.pick(['t.co', 't.co', 'T.CO', 't.co:80', 'at.co', 't.com']) + '/' + slug + end + this.pick(['', ' ' + this.piece(), this.piece()]);
  }

  longLabel() {
    const unit = this.pick(['a', 'é', '日', '日本語', '😀', 'я', 'a。', 'ab\u200d', '\u{20000}', '-a', 'a日']);
    const label = unit.repeat(Math.ceil((this.pick([16, 20, 30, 57, 60]) + this.below(8)) / unit.length));
    return this.pick(['', '日', ' ', 'x ']) + this.pick(['', 'http://', 'https://']) + this.pick(['', 'x.', 'xn--']) + label + '.' + this.tld() +
      this.pick(['', '/', '/a', '?q=1']) + (this.chance(0.04) ? '/' + 'p'.repeat(4020 + this.below(60)) : '');
  }

  folded() {
    const word = this.chance(0.5) ? this.pick(this.tlds) : this.pick(['рф', 'онлайн', 'ελ', 'გე', 'бел', 'укр', 'мкд', 'срб', 'community']);
    const swap = (c) => this.pick([c, c.toUpperCase(), c.toLowerCase(), this.chance(0.1) ? this.pick(folds) : c, c === 'в' ? 'ᲀ' : c === 'о' ? 'ᲂ' : c]);
    return this.pick(['', 'http://']) + this.pick(labels) + '.' + [...word].map(swap).join('') + this.pick(['', '/', '/' + this.some(3, () => this.pick(folds)) + 'a']);
  }

  zalgo() {
    const marks = this.some(60, () => this.pick([...'\u0300\u0301\u0307\u0308\u0316\u0323\u0327\u0345\u05b0\u0e38\u3099\u302a']));
    return this.pick(['a', 'e', 'x', 'か', '\uac00', '']) + marks + this.piece();
  }

  mutated() {
    const chars = [...this.pick(this.previous)].slice(0, 200);
    for (let n = 1 + this.below(3); n > 0 && chars.length; n--) {
      const at = this.below(chars.length);
      this.weighted([[1, () => chars.splice(at, 1)], [1, () => chars.splice(at, 0, this.pick(soup))], [1, () => chars.splice(at, 0, chars[this.below(chars.length)])],
        [1, () => chars.splice(at, 1, this.pick(punctuation))]])();
    }
    return chars.join('');
  }

  repeated() {
    const unit = this.piece() + (this.chance(0.5) ? this.pick(spaces) : '');
    return unit.repeat(1 + this.below(Math.max(1, Math.floor(160 / (unit.length + 1)))));
  }

  nearLimit() {
    const unit = this.pick(['a', 'é', '日', '😀', '👨‍👩‍👧‍👦', 'ab ', '한']);
    const length = {'日': 2, '😀': 2, '👨‍👩‍👧‍👦': 2, 'ab ': 3, '한': 2}[unit] ?? 1;
    const start = this.chance(0.5) ? 'https://example.com/a ' : '';
    return start + unit.repeat(Math.floor((278 - (start ? 24 : 0)) / length)) + 'z'.repeat(this.below(6));
  }
}

const fixed = ['', ' ', 'a', '.', '\u0000', '\ufe0f', 'example.com', 'http://example.com', '中文.com', '日本語example.com日本語', 'a.b.c', 'http://t.co/', '\ufeff',
  'é'.normalize('NFD'), '😀', '👨‍👩‍👧‍👦', '🇩🇪', '👍🏽', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'a'.repeat(280), 'a'.repeat(281), '日'.repeat(140), '日'.repeat(141), '😀'.repeat(140), '😀'.repeat(141),
  'foo@example.com', 'example.com/', 'example.co.jp', 'twitter.jp', 'twitter.jp/a', 'a.comx中.a.com', 'http://😀.com', '😀.com', 'x.com' + '\uffff',
  // A link that is counted shorter than it is and so ends inside an emoji.
  'com.fashion，🦸‍♀️παρ.garden/1',
  // A Latin part that the reference finds at an earlier place.
  'a.comx中.a.com/pq',
  'http://x.com/(a()b)', 'http://x.com/&(a)(b)', 'a.ſk', 'http://a.ıo', 'http://a.coſ', `http://${'a'.repeat(60)}\u0001.com`,
  // The borders of the ranges that weigh 1.
  ...'\u10ff\u1100\u1fff\u2000\u200d\u200e\u200f\u2010\u201f\u2020\u2031\u2032\u2037\u2038\ud7ff\ue000\ufffd',
  // The one length below 3000 whose share of 280 the reference rounds down by one.
  'a'.repeat(2261),
  // The longest slugs, labels and links.
  ...[39, 40, 41, 42].map((n) => `https://t.co/${'a'.repeat(n)}/x`),
  ...[62, 63, 64].map((n) => `http://${'a'.repeat(n)}.com/`), ...[62, 63, 64].map((n) => `${'a'.repeat(n)}.com/`),
  ...[...'é日я😀한'].flatMap((c) => [50, 53, 55, 56, 57, 58, 59].map((n) => `http://${c}${'a'.repeat(n)}${c}.com/`)),
  ...[...'é日я😀한'].flatMap((c) => [16, 19, 27, 29, 52, 54, 55, 56, 57, 58, 59].map((n) => `http://${c.repeat(n)}.com/`)),
  ...[4076, 4077, 4078].flatMap((n) => [`https://a.io/${'p'.repeat(n - 1)}`, `http://a.io/${'p'.repeat(n + 1)}`, `a.io/${'p'.repeat(n + 7)}`]),
];
