"""The parts of `manage.py audit`: a module each, with a name, a sentence of help, its arguments and what it does."""
