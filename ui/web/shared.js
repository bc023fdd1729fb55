// A number or a source opens its article below the answer, or over it on a phone.
const panel = document.getElementById('dl-panel');
let opener = null;
const close = () => {
  panel.replaceChildren();
  opener?.focus();
};
document.addEventListener('click', async (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  if ('link' in button.dataset) return copyLink(button);
  if ('close' in button.dataset) return close();
  const answer = await fetch(`?${new URLSearchParams(button.dataset)}`);
  if (!panel.contains(button)) opener = button;
  panel.innerHTML = await answer.text();
  panel.querySelector('.dl-article-title')?.focus({preventScroll: true});
  (panel.querySelector('#quote') ?? panel).scrollIntoView({block: 'center'});
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && panel?.firstChild) close();
});
async function copyLink(button) {
  const address = location.origin + location.pathname;
  try {
    await navigator.clipboard.writeText(address);
    button.textContent = say('Copied');
  } catch {
    prompt(say('Copy link'), address);
  }
}
