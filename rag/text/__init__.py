"""The parts of a text: sentences, stems, words, names, numbers and days; one module for each."""
