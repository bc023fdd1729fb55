// Buttons of lists: sends their `data-*` values to the server, with the ticked rows. A new list keeps the focus.
const keyOf = (button) => JSON.stringify(button.dataset);
const ticked = () => [...element.querySelectorAll('input[name=article]:checked')].map((one) => one.value);
let pressed = '';
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[type=button]');
  if (!button) return;
  pressed = keyOf(button);
  window.datelineShelf = () => [...element.querySelectorAll('button')].find((one) => keyOf(one) === pressed)
    ?? document.querySelector('#dl-undo button, #dl-articles button');
  window.datelineRemoved = 'remove' in button.dataset;
  trigger('choose', {...button.dataset, ...(button.dataset.remove === 'selected' && {selected: ticked()})});
});
element.addEventListener('change', ({target}) => {
  if ('all' in target.dataset)
    for (const one of element.querySelectorAll('input[name=article]')) one.checked = target.checked;
  const count = ticked().length;
  element.querySelector('.dl-selected').hidden = !count;
  element.querySelector('.dl-selected strong').textContent = count;
});
watch('value', () => {
  element.querySelector('form')?.reset();
  if (window.datelineRemoved) {
    const undo = element.querySelector('[data-undo]');
    if (undo) window.datelineRemoved = false;
    undo?.focus({preventScroll: true});
    return;
  }
  if (!pressed || document.activeElement !== document.body) return;
  window.datelineShelf?.()?.focus({preventScroll: true});
});
