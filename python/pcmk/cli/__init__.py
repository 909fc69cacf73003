"""The command `pcmk NOUN VERB`; one file a noun, loaded only when it is used."""
