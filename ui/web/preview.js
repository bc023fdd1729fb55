// A citation shows its passage while hovered or focused; Escape hides it.
const preview = (window.datelinePreview ??= Object.assign(document.createElement('div'), {className: 'dl-preview', hidden: true}));
preview.setAttribute('role', 'tooltip');
let leaving, tabbed;
const hide = () => { preview.hidden = true; };
const show = (button) => {
  preview.of = button;
  const words = button.closest('.dl-turn')?.querySelector(`[data-preview="${Number(button.dataset.citation)}"]`);
  if (!words) return;
  clearTimeout(leaving);
  document.querySelector('.gradio-container').append(preview);
  preview.replaceChildren(...[...words.childNodes].map((node) => node.cloneNode(true)));
  preview.hidden = false;
  const at = button.getBoundingClientRect();
  // Beside the citation, never over it.
  const [above, under] = [at.top - 14, innerHeight - at.bottom - 14];
  const below = under >= Math.min(256, above);
  preview.style.maxHeight = `${Math.min(256, below ? under : above)}px`;
  preview.scrollTop = (preview.querySelector('mark')?.offsetTop ?? 0) - preview.clientHeight / 3;
  preview.style.left = `${Math.max(8, Math.min(at.left, innerWidth - preview.offsetWidth - 8))}px`;
  preview.style.top = `${below ? at.bottom + 6 : at.top - preview.offsetHeight - 6}px`;
};
const cited = (event) => event.target.closest?.('button[data-citation]');
if (matchMedia('(hover: hover)').matches)
  element.addEventListener('mouseover', (event) => cited(event) && show(cited(event)));
element.addEventListener('mouseout', (event) => { if (cited(event)) leaving = setTimeout(hide, 200); });
element.addEventListener('focusin', (event) => { if (tabbed && cited(event)?.matches(':focus-visible')) show(cited(event)); });
element.addEventListener('focusout', hide);
element.addEventListener('click', hide);
Object.assign(preview, {onmouseenter: () => clearTimeout(leaving), onmouseleave: hide});
document.addEventListener('keydown', (event) => {
  tabbed = event.key === 'Tab';  // not focus returning to a citation when its article is closed
  if (event.key !== 'Escape' || preview.hidden) return;
  hide();
  event.preventDefault();
}, true);
// Focus scrolls the page; its passage moves along.
addEventListener('scroll', ({target}) => {
  if (preview.hidden || target === preview) return;
  const {top, bottom} = preview.of.getBoundingClientRect();
  if (preview.of === document.activeElement && bottom > 0 && top < innerHeight) show(preview.of);
  else hide();
}, {capture: true, passive: true});
watch('value', hide);
