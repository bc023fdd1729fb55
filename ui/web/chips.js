// A chip removes its filter. Beside each day field is the browser's own calendar.
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-drop]');
  if (button) trigger('drop', {...button.dataset});
});
const addCalendars = () => {
  for (const typed of document.querySelectorAll('.dl-day input[type=text], .dl-day textarea')) {
    if (typed.parentElement.querySelector('.dl-calendar')) continue;
    const calendar = Object.assign(document.createElement('input'), {type: 'date', className: 'dl-calendar'});
    calendar.setAttribute('aria-label', `${typed.closest('.dl-day').querySelector('[data-testid=block-info]')?.textContent.trim() ?? ''}: ${say('calendar')}`);
    calendar.addEventListener('input', (event) => {
      event.stopPropagation();
      typed.value = calendar.value;
      typed.dispatchEvent(new Event('input', {bubbles: true}));
    });
    calendar.addEventListener('change', (event) => event.stopPropagation());
    typed.after(calendar);
  }
};
document.addEventListener('focusin', addCalendars);
document.addEventListener('click', () => setTimeout(addCalendars, 300));
