"""The answer written by a language model: prompt, words as they come, and what of them may stand."""
