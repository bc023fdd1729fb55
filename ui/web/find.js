// Sends search and filters to the server as they are typed and chosen.
let waits;
element.addEventListener('input', () => {
  clearTimeout(waits);
  waits = setTimeout(() => trigger('find', Object.fromEntries(new FormData(element.querySelector('form')))), 200);
});
element.addEventListener('submit', (event) => event.preventDefault());
element.addEventListener('click', ({target}) => target.closest('[data-clear]') && trigger('find', {clear: '1'}));
watch('value', () => element.querySelector('form')?.reset());
