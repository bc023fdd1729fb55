// A new article takes the keyboard's focus; Escape returns it to the list.
const isOpen = () => element.querySelector('.dl-article');
const closed = () => {
  props.value = '';
  window.datelineShelf?.()?.focus();
};
const close = () => (history.state?.shelf ? history.back() : closed());
addEventListener('popstate', ({state}) => { if (!state?.shelf && isOpen()) closed(); });
element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button?.hasAttribute('data-close')) close();
  else if (button) {
    window.datelineRemoved = 'remove' in button.dataset;
    trigger('choose', {...button.dataset});
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.defaultPrevented && isOpen() && element.offsetParent) close();
});
watch('value', () => {
  const title = element.querySelector('.dl-article-title');
  if (!title) return history.state?.shelf && history.back();  // its article was removed
  if (!history.state?.shelf) history.pushState({...history.state, shelf: true}, '');
  title.focus({preventScroll: true});
  element.closest('.dl-side').scrollTop = 0;
});
