// A new question moves to the top and stays there while its answer grows, unless the reader scrolls.
let moved = false;
for (const kind of ['wheel', 'touchmove', 'pointerdown', 'keydown'])  // a page that gets shorter scrolls by itself
  addEventListener(kind, ({key}) => { moved ||= key?.length !== 1; }, {passive: true});
window.datelineFollow = () => {
  window.datelineConversations?.asked();
  const question = element.querySelector('.dl-question');
  if (!question) return;
  const asked = document.querySelectorAll('#dl-past .dl-turn').length + question.textContent;
  if (element.dataset.asked !== asked) moved = false;
  element.dataset.asked = asked;
  if (!moved) question.scrollIntoView({block: 'start'});
};
watch('value', window.datelineFollow);
// The first source of a finished answer opens by itself if there is room beside it, without taking the focus.
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
