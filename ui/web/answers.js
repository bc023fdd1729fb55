// Pressing a citation, a thumb or "Ask again" sends its numbers to the server. Foreign text is only ever text here.
element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const rate = button.closest('.dl-rate');
  if (rate) return thumb(rate, button);
  if (button.dataset.keep) return trigger('keep', {...button.dataset});
  if (button.dataset.again === 'copy') return copyAnswer(button);
  if (['link', 'withdraw'].includes(button.dataset.again)) return trigger('link', {...button.dataset});
  if (button.dataset.again === 'now') {
    if (document.getElementById('dl-send')?.offsetParent) trigger('repeat', {...button.dataset});
    return;
  }
  if (button.dataset.again) return trigger('again', {...button.dataset});
  window.datelineOpener = button;
  window.datelineQuiet = false;
  trigger('cite', {...button.dataset});
});
element.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.matches('.dl-note input')) event.target.nextElementSibling.click();
});

// A page without a secure address cannot write to the clipboard: its text is shown, selected, to be copied by hand.
async function copyText(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = Object.assign(document.createElement('textarea'), {value: text, className: 'dl-to-copy', readOnly: true});
    field.setAttribute('aria-label', say('Text to copy'));
    button.closest('.dl-turn').querySelector('.dl-to-copy')?.remove();
    button.parentElement.after(field);
    return field.select();
  }
  const words = button.textContent;
  if (words === say('Copied')) return;
  button.textContent = say('Copied');
  setTimeout(() => { button.textContent = words; }, 2000);
}
window.datelineLink = (value) => {
  if (!value) return;
  const {turn, path} = JSON.parse(value);
  const button = (name) => document.querySelector(`[data-again=${name}][data-turn="${turn}"]`);
  if (!button('link')) return;
  button('withdraw').hidden = !path;
  if (path) copyText(location.origin + path, button('link'));
};
function copyAnswer(button) {
  const turn = button.closest('.dl-turn');
  // Of a source, the whole address, and not once more the quotes that the answer consists of.
  const source = (card) => [...card.children].filter((part) => !part.matches('.dl-said-above')).map((part) => part.href ?? part.innerText.trim()).join('\n');
  const parts = [...turn.querySelectorAll('.dl-question, .dl-answer, .dl-card')].map((part) => (part.matches('.dl-card') ? source(part) : part.innerText.trim()));
  copyText(`${parts.filter(Boolean).join('\n\n')}\n`, button);
}

function thumb(rate, button) {
  const note = rate.querySelector('.dl-note');
  if (button.dataset.thumb) {
    const pressed = button.getAttribute('aria-pressed') !== 'true';
    for (const other of rate.querySelectorAll('[data-thumb]'))
      other.setAttribute('aria-pressed', String(pressed && other === button));
    note.hidden = !pressed;
    if (pressed) note.querySelector('input').focus();
  }
  const chosen = rate.querySelector('[aria-pressed=true]');
  const text = note.querySelector('input').value;
  trigger('rate', {turn: button.dataset.turn, thumb: chosen ? chosen.dataset.thumb : '', note: text});
  if (!button.dataset.thumb) note.hidden = true;
}
