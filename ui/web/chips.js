// A chip takes its filter away. The days get the browser's own calendar.
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-drop]');
  if (button) trigger('drop', {...button.dataset});
});
document.addEventListener('focusin', (event) => {
  const input = event.target;
  if (input.type === 'text' && input.closest('.dl-day')) input.type = 'date';
});
document.addEventListener('focusout', (event) => {
  if (event.target.validity?.badInput && event.target.closest('.dl-day')) event.target.reportValidity();
});
