// A new question moves to the top and stays there while its answer grows, unless the reader scrolls.
let ours = 0;
window.datelineFollow = () => {
  window.datelineTalks?.asked();
  const question = element.querySelector('.dl-question');
  if (!question) return;
  const fresh = element.dataset.asked !== question.textContent;
  element.dataset.asked = question.textContent;
  if (!fresh && Math.abs(window.scrollY - ours) > 2) return;
  question.scrollIntoView({block: 'start'});
  ours = window.scrollY;
};
watch('value', window.datelineFollow);
