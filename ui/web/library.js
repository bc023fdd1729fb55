// Headings, titles and buttons of the list: their `data-*` values go to the server. A new list keeps the keyboard's focus.
const keyOf = (button) => JSON.stringify(button.dataset);
let pressed = '';
element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  pressed = keyOf(button);
  window.datelineShelf = () => [...element.querySelectorAll('button')].find((one) => keyOf(one) === pressed)
    ?? document.querySelector('#dl-undo button, #dl-articles button');
  window.datelineRemoved = 'remove' in button.dataset;
  trigger('choose', {...button.dataset});
});
watch('value', () => {
  if (window.datelineRemoved) {
    const undo = element.querySelector('[data-undo]');
    if (undo) window.datelineRemoved = false;
    undo?.focus({preventScroll: true});
    return;
  }
  if (!pressed || document.activeElement !== document.body) return;
  window.datelineShelf?.()?.focus({preventScroll: true});
});
