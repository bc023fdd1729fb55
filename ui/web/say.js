// A text of a script in the reader's language, in which the page brings it along; English stands in the scripts.
const say = (english, values = {}) => {
  const texts = JSON.parse(document.querySelector('[data-texts]')?.dataset.texts || '{}');
  return (texts[english] ?? english).replace(/\{(\w+)\}/g, (_, name) => values[name]);
};
