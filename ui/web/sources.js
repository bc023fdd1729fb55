// Buttons and forms of what is followed and kept; the list looks at how things go while it is in sight,
// and who reads it with the keyboard stays where they were.
element.addEventListener('click', ({target}) => {
  const button = target.closest('button[type=button]');
  if (button) trigger('articles' in button.dataset ? 'articles' : 'choose', {...button.dataset});
});
element.addEventListener('submit', async (event) => {
  event.preventDefault();
  const [addresses, chosen] = [event.target.elements.addresses.value, event.target.querySelector('[data-opml]').files[0]];
  trigger('follow', {addresses, opml: chosen && chosen.size < 900_000 ? await chosen.text() : ''});
});
if (element.querySelector('form') === null) setInterval(() => {
  if (element.offsetParent && !document.hidden) trigger('look');
}, 3000);
let at = '';
document.addEventListener('focusin', ({target}) => {
  const button = element.contains(target) && target.closest('button');
  at = button ? JSON.stringify(button.dataset) : '';
});
watch('value', () => {
  if (!at || document.activeElement !== document.body) return;
  [...element.querySelectorAll('button')].find((one) => JSON.stringify(one.dataset) === at)?.focus({preventScroll: true});
});
// A form that is drawn anew shows what it says, and not what was typed before.
watch('value', () => element.querySelector('form')?.reset());
