// A new article takes the keyboard's focus; Escape returns it to the list.
const isOpen = () => element.querySelector('.dl-article');
const close = () => {
  props.value = '';
  window.datelineShelf?.()?.focus();
};
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
  if (!title) return;
  title.focus({preventScroll: true});
  element.closest('.dl-side').scrollTop = 0;
});
