"""Does it answer right?"""
