"""The answer written by a language model: prompt, streamed words, and which of them are kept."""
