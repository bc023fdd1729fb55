"""What a text is made of: sentences, stems, words, names, numbers and days; one module for each."""
