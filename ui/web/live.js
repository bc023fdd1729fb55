// A new question moves to the top and stays there while its answer grows, unless the reader scrolls.
let ours = 0;
window.datelineFollow = () => {
  window.datelineConversations?.asked();
  const question = element.querySelector('.dl-question');
  if (!question) return;
  const fresh = element.dataset.asked !== question.textContent;
  element.dataset.asked = question.textContent;
  if (!fresh && Math.abs(window.scrollY - ours) > 2) return;
  question.scrollIntoView({block: 'start'});
  ours = window.scrollY;
};
watch('value', window.datelineFollow);
// The first source of a finished answer opens by itself where there is room beside it, and takes no focus.
watch('value', () => {
  const marker = element.querySelector('.dl-turn:has(.dl-rate) .dl-marker');
  if (!marker || !matchMedia('(min-width: 1100px)').matches) return;
  const turn = marker.dataset.turn + element.querySelector('.dl-question')?.textContent;
  if (element.dataset.opened === turn) return;
  element.dataset.opened = turn;
  window.datelineOpener = marker;
  window.datelineQuiet = true;
  trigger('cite', {...marker.dataset});
});
