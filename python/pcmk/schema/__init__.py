"""The CIB's language in all its versions, as RELAX NG grammars of our own.

`pcmk.schema.check` holds a CIB against the version that it names. The grammar of a version is made from one description
of the language (`language.py` and the sections beside it) in which a version is an ordinary condition, so what changed
when can be read where it changed. Source of the versions: the inventory's part 7.7.

`pcmk.schema.upgrade` brings a CIB to the newest version; `pcmk schema write` makes files of the grammars for clients
that check by themselves.
"""
