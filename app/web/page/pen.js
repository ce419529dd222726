// Writes, with the fonts of the browser, the letters and emoji that Perch's own fonts do not hold. The window asks for each text
// and gets its width, or a picture of it.
'use strict';

window.perchPen = (() => {
  const most = 4096; // pixels of a picture, each way
  const canvas = document.createElement('canvas');
  let pen = null;

  function take(w, h) {
    if (!pen || canvas.width < w || canvas.height < h) {
      canvas.width = Math.max(canvas.width, w);
      canvas.height = Math.max(canvas.height, h);
      pen = canvas.getContext('2d', { willReadFrequently: true });
    }
    return pen;
  }

  function set(size, bold, mono, language, rightToLeft) {
    canvas.lang = language;
    if ('lang' in pen) pen.lang = language || 'inherit';
    pen.font = (bold ? 'bold ' : '') + size + 'px ' + (mono ? 'monospace' : 'sans-serif');
    pen.direction = rightToLeft ? 'rtl' : 'ltr';
    pen.textAlign = 'left';
    pen.textBaseline = 'alphabetic';
  }

  function width(text, ...style) {
    take(64, 64);
    set(...style);
    return pen.measureText(text).width;
  }

  function write(text, ink, ...style) {
    take(64, 64);
    set(...style);
    const m = pen.measureText(text);
    const left = Math.ceil(Math.max(0, m.actualBoundingBoxLeft)) + 2, up = Math.ceil(Math.max(0, m.actualBoundingBoxAscent)) + 2;
    const w = Math.min(most, left + Math.ceil(Math.max(0, m.actualBoundingBoxRight)) + 2);
    const h = Math.min(most, up + Math.ceil(Math.max(0, m.actualBoundingBoxDescent)) + 2);
    take(w, h);
    set(...style);
    pen.clearRect(0, 0, w, h);
    pen.fillStyle = ink;
    pen.fillText(text, left, up);
    return { pixels: pen.getImageData(0, 0, w, h).data, width: w, height: h, left: left, up: up };
  }

  // What the browser shows for a character that no font has, to compare with.
  let none = null;
  const look = (text) => { const p = write(text, '#000', 24, false, false, '', false); return p.width + ' ' + p.height + ' ' + p.pixels.join(); };
  function has(text) {
    none = none || [look('\u{10FFFD}'), look('\u{E0FFF}'), look('\u0378')];
    return !none.includes(look(text));
  }

  // A browser may give noise for the pixels of a canvas, so that nobody is recognised by them: then there is nothing to write with.
  function isHonest() {
    take(64, 64);
    pen.fillStyle = '#f00';
    pen.fillRect(0, 0, 64, 64);
    const p = pen.getImageData(0, 0, 64, 64).data;
    for (let i = 0; i < p.length; i += 4) if (p[i] < 250 || p[i + 1] > 5 || p[i + 2] > 5 || p[i + 3] < 250) return false;
    return true;
  }

  try { return isHonest() ? { width: width, write: write, has: has } : null; } catch (e) { return null; }
})();
