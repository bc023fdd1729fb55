// Buttons and forms of what is followed and kept; the list looks at how things go while it is in sight.
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
// A form that is drawn anew shows what it says, and not what was typed before.
watch('value', () => element.querySelector('form')?.reset());
