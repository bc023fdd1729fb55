// A question that is offered is asked when it is pressed.
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-question]');
  if (button) trigger('suggestion', {...button.dataset});
});
