// A new article takes the keyboard's focus and shows its passage; Escape undoes both.
const hint = props.value;
const isOpen = () => element.querySelector('.dl-article');
const closed = () => {
  props.value = hint;
  const opener = window.datelineOpener;
  const back = opener?.isConnected ? opener : document.querySelector('#dl-question-box textarea');
  back?.focus();
};
// The browser's Back closes an article, so closing it goes back in history; Forward opens it again.
let chosen = null;
addEventListener('popstate', ({state}) => {
  if (!state?.article && isOpen()) closed();
  else if (state?.article && !isOpen()) trigger('cite', state.article);
});
const close = () => (history.state?.article ? history.back() : closed());
element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button?.hasAttribute('data-close')) close();
  else if (button && button.dataset.again === 'only') trigger('only', {...button.dataset});
  else if (button) trigger('cite', (chosen = {...button.dataset}));
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.defaultPrevented && isOpen() && element.offsetParent) close();
});
watch('value', () => {
  const title = element.querySelector('.dl-article-title');
  if (!title) return;
  const article = chosen ?? {...window.datelineOpener?.dataset};
  chosen = null;
  history[history.state?.article ? 'replaceState' : 'pushState']({...history.state, article}, '');
  if (!window.datelineQuiet) title.focus({preventScroll: true});
  window.datelineQuiet = false;
  const column = document.getElementById('dl-panel');
  column.scrollTop = 0;
  const quote = element.querySelector('#quote');
  if (!quote) return;
  const above = quote.getBoundingClientRect().top - column.getBoundingClientRect().top;
  column.scrollTop = above - column.clientHeight / 3;
});
