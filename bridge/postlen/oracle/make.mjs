// Makes the tables and the oracle of package postlen from npm's twitter-text, the reference implementation of X's
// text rules. Needs Node 20 or later and npm; run it from anywhere:
//
//   node bridge/postlen/oracle/make.mjs                                  tables and testdata/oracle.jsonl
//   node bridge/postlen/oracle/make.mjs --only out.jsonl 200000 7        that many texts of seed 7, nothing else
//   go test ./bridge/postlen -run Oracle -oracle out.jsonl               compares them
//
// The same arguments make the same bytes. Under Node the reference uses Node's own punycode instead of npm's 1.4.1; they
// differ for control characters in a host name only.
import {execFileSync} from 'node:child_process';
import {createWriteStream, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {classTable, emojiSequences, topLevels} from './tables.mjs';
import {Texts} from './texts.mjs';

const reference = 'twitter-text@3.1.0';
const here = dirname(fileURLToPath(import.meta.url));
const [only, file, count, seed] = process.argv.slice(2);
const out = only === '--only'
  ? {oracle: resolve(file), count: Number(count), seed: Number(seed)}
  : {oracle: join(here, '../testdata/oracle.jsonl'), count: 4000, seed: 20, tables: join(here, '..')};

const modules = mkdtempSync(join(tmpdir(), 'postlen-'));
try {
  execFileSync('npm', ['install', '--silent', '--no-save', '--ignore-scripts', '--prefix', modules, reference],
    {stdio: ['ignore', 'ignore', 'inherit']});
  const require = createRequire(join(modules, 'node_modules/'));
  const regexp = (name) => require(`twitter-text/dist/regexp/${name}`);
  const emoji = emojiSequences(require('twemoji-parser/dist/lib/regex').default);
  const tlds = topLevels(regexp('validGTLD'), regexp('validCCTLD'));
  if (out.tables) {
    writeFileSync(join(out.tables, 'classes.go'), classTable(regexp));
    writeFileSync(join(out.tables, 'tlds.txt'), tlds.text);
    writeFileSync(join(out.tables, 'emoji.txt'), emoji.text);
  }
  await oracle(require('twitter-text/dist/parseTweet'), new Texts(out.seed, tlds.words, emoji.words));
} finally {
  rmSync(modules, {recursive: true, force: true});
}

// oracle writes what the reference says of each text.
async function oracle(parseTweet, texts) {
  const stream = createWriteStream(out.oracle);
  for (let i = 0; i < out.count; i++) {
    const text = texts.next(i);
    const {weightedLength: weighted, valid, permillage} = parseTweet(text);
    const line = JSON.stringify({text, weighted, valid, permillage});
    // The byte order mark and the line separators are written as escapes, so that no editor changes them.
    if (!stream.write(line.replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, escape16) + '\n')) {
      await new Promise((resume) => stream.once('drain', resume));
    }
  }
  await new Promise((done) => stream.end(done));
}

function escape16(char) {
  return '\\u' + char.charCodeAt(0).toString(16).padStart(4, '0');
}
