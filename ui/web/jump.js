// From the question to the first source of the newest answer.
element.addEventListener('click', () => document.querySelector('#dl-live .dl-cards button')?.focus());
