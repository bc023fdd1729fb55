// A suggested question is asked when pressed.
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-question]');
  if (button) trigger('suggestion', {...button.dataset});
});
