// Past the tabs to the question. The page says in which language it speaks.
document.documentElement.lang = element.querySelector('button').lang;
element.addEventListener('click', () => document.querySelector('#dl-question-box textarea')?.focus());
