// A script's text in the reader's language, which comes with the page; the scripts themselves are in English.
const say = (english, values = {}) => {
  const texts = JSON.parse(document.querySelector('[data-texts]')?.dataset.texts || '{}');
  return (texts[english] ?? english).replace(/\{(\w+)\}/g, (_, name) => values[name]);
};
