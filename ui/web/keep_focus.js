// Keeps the keyboard's focus in place when the content is redrawn.
let at = '';
const key = (button) => JSON.stringify(button.dataset);
document.addEventListener('focusin', ({target}) => {
  const button = element.contains(target) && target.closest('button');
  at = button ? key(button) : '';
});
watch('value', () => {
  if (!at || document.activeElement !== document.body) return;
  [...element.querySelectorAll('button')].find((button) => key(button) === at)?.focus({preventScroll: true});
});
