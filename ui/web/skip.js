// Past the tabs to the question. The page says in which language it speaks.
element.addEventListener('click', () => document.querySelector('#dl-question-box textarea')?.focus());
