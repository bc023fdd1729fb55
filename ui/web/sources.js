// Buttons and forms for followed sources and kept questions; the list is refreshed while it is in sight.
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
// A redrawn form shows its own values, not what was typed before.
watch('value', () => element.querySelector('form')?.reset());
